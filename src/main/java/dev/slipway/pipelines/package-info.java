/// Pipelines: apps in the stages of one product, and the promotion of code from one to the next.
/// What a promotion releases goes through `deploy`.
@NullMarked
package dev.slipway.pipelines;

import org.jspecify.annotations.NullMarked;
