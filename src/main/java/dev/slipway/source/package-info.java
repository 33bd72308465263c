/// Where code comes from: git repositories and tarballs. Gives a source tree with a commit id.
@NullMarked
package dev.slipway.source;

import org.jspecify.annotations.NullMarked;
