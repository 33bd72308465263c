/// Schedules: commands of apps that are run by the clock, each in a one-off dyno of its own, and
/// what became of each tick.
@NullMarked
package dev.slipway.schedules;

import org.jspecify.annotations.NullMarked;
