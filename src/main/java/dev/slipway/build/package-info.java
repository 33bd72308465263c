/// From a source tree to an image: finds or generates its Dockerfile and runs BuildKit.
@NullMarked
package dev.slipway.build;

import org.jspecify.annotations.NullMarked;
