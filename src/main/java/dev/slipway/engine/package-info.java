/// Docker and Swarm behind one interface: dynos in, their state out. Docker's wire types never
/// leave this package.
@NullMarked
package dev.slipway.engine;

import org.jspecify.annotations.NullMarked;
