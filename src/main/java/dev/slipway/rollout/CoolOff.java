package dev.slipway.rollout;

import java.time.Duration;
import java.util.List;

/// How long a dyno that crashed is held back: not at all after the first crash, then ever longer,
/// and at no crash longer than Heroku's published limits (20, 40, 60, 180, 320 minutes). The first
/// waits are far shorter than these: a database that was away for a moment is no reason to be dark
/// for twenty minutes.
final class CoolOff {
  /// The longest that the only web dyno which could answer is held back.
  static final Duration ALONE = Duration.ofMinutes(1);

  private static final List<Duration> WAITS =
      List.of(
          Duration.ZERO,
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(20),
          Duration.ofMinutes(60),
          Duration.ofMinutes(180),
          Duration.ofMinutes(320));

  private CoolOff() {}

  /// After so many crashes in a row.
  static Duration after(int crashes) {
    return WAITS.get(Math.clamp(crashes - 1L, 0, WAITS.size() - 1));
  }
}
