/// A fleet that is not there: an engine with as many dynos and as many routers as one likes, for
/// the benches of control at that size.
@NullMarked
package dev.slipway.fleet;

import org.jspecify.annotations.NullMarked;
