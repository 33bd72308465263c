/// Stores of objects that speak the protocol of Amazon's S3: where in one things are kept, and a
/// client. What keeps things there is `install`.
@NullMarked
package dev.slipway.objects;

import org.jspecify.annotations.NullMarked;
