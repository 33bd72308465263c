package dev.slipway.drains;

import java.time.Duration;

/// How long a drain that fails is left alone.
///
/// @param first the pause after the first failure; it doubles from failure to failure
/// @param longest what it grows to
record Pauses(Duration first, Duration longest) {
  /// 0.25, 0.5, 1, 2 and then each 4 s.
  static final Pauses STANDARD = new Pauses(Duration.ofMillis(250), Duration.ofSeconds(4));

  private static final int MOST_DOUBLINGS = 10;

  /// The pause after so many failures in a row.
  Duration after(int failures) {
    var doubled = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    return doubled.compareTo(longest) > 0 ? longest : doubled;
  }
}
