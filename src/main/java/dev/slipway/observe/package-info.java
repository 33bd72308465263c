/// What an app did: its log, its router figures, and the receipt of each rollout.
@NullMarked
package dev.slipway.observe;

import org.jspecify.annotations.NullMarked;
