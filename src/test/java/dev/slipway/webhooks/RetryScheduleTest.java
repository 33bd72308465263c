package dev.slipway.webhooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// When deliveries are tried again, as docs/reference/webhooks.md says it.
class RetryScheduleTest {
  @Test
  void pausesDoubleUpToSixHoursForThreeDays() {
    var begin = Instant.parse("2026-11-25T00:00:00Z");
    var pauses = new ArrayList<Long>();
    var now = begin;
    for (var next = RetrySchedule.STANDARD.next(1, begin, now);
        next.isPresent();
        next = RetrySchedule.STANDARD.next(pauses.size() + 1, begin, now)) {
      pauses.add(Duration.between(now, next.get()).toSeconds());
      now = next.get();
    }
    assertEquals(5, pauses.get(0));
    assertEquals(10, pauses.get(1));
    assertEquals(6 * 60 * 60, pauses.getLast());
    assertEquals(24, pauses.size() + 1, "tries in all");
    assertTrue(Duration.between(begin, now).compareTo(Duration.ofDays(3)) <= 0);
  }
}
