/// Image names and digests, and a client for the image server (CNCF distribution).
@NullMarked
package dev.slipway.image;

import org.jspecify.annotations.NullMarked;
