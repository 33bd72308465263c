/// The state machine that takes an app from its old dynos to its new ones and loses no request.
@NullMarked
package dev.slipway.rollout;

import org.jspecify.annotations.NullMarked;
