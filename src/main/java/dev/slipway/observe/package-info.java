/// What apps and platform write: gathered from dynos, kept for a while, read by any number of
/// readers. Router figures are in `router`, receipts of rollouts in `rollout`.
@NullMarked
package dev.slipway.observe;

import org.jspecify.annotations.NullMarked;
