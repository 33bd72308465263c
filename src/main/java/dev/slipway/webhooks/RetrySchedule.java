package dev.slipway.webhooks;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a delivery that failed is tried again.
///
/// @param first the pause after the first try; it doubles from try to try
/// @param longest what a pause grows to
/// @param giveUpAfter how long after the event the last try is
public record RetrySchedule(Duration first, Duration longest, Duration giveUpAfter) {
  /// 5 s, 10 s, 20 s and so on up to 6 h, for three days.
  public static final RetrySchedule STANDARD =
      new RetrySchedule(Duration.ofSeconds(5), Duration.ofHours(6), Duration.ofDays(3));

  private static final int MOST_DOUBLINGS = 30;

  /// When to try again after so many tries, if ever.
  Optional<Instant> next(int attempts, Instant createdAt, Instant now) {
    var doubled = first.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLINGS));
    var next = now.plus(doubled.compareTo(longest) > 0 ? longest : doubled);
    return next.isAfter(createdAt.plus(giveUpAfter)) ? Optional.empty() : Optional.of(next);
  }
}
