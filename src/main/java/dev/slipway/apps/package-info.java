/// The app and what belongs to it: owner and collaborators, formation, domains, features; and what
/// happens to it, told to whoever listens. Config vars are in `release`.
@NullMarked
package dev.slipway.apps;

import org.jspecify.annotations.NullMarked;
