/// The app and what belongs to it: name, formation, domains, settings.
@NullMarked
package dev.slipway.apps;

import org.jspecify.annotations.NullMarked;
