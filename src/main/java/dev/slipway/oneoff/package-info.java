/// One-off dynos (`heroku run`), attached to their client or not, and commands inside running
/// dynos.
@NullMarked
package dev.slipway.oneoff;

import org.jspecify.annotations.NullMarked;
