/// The story: from a source to a live release, in one method.
@NullMarked
package dev.slipway.deploy;

import org.jspecify.annotations.NullMarked;
