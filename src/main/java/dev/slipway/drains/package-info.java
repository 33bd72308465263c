/// Log drains: an app's lines sent on to where its owner wants them, in Logplex's formats. Lines
/// come from `observe`, and leave by `outbound`.
@NullMarked
package dev.slipway.drains;

import org.jspecify.annotations.NullMarked;
