/// The way to other hosts' engines: the agent, which runs on each host and comes to control, and
/// the place in control that it comes to.
@NullMarked
package dev.slipway.agent;

import org.jspecify.annotations.NullMarked;
