/// What tests share: a fake engine, a fake router, an app that was never built.
@NullMarked
package dev.slipway.testing;

import org.jspecify.annotations.NullMarked;
