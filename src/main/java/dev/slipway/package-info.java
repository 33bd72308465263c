/// Slipway: one jar whose roles are the `slipway` command and the control server.
@NullMarked
package dev.slipway;

import org.jspecify.annotations.NullMarked;
