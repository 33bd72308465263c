/// Releases: an image, config vars, who and why, under a number; never changed afterwards.
@NullMarked
package dev.slipway.release;

import org.jspecify.annotations.NullMarked;
