package dev.slipway.schedules;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What of a schedule is due at one moment: its newest tick, where that is within its grace, and
/// how many are too late.
///
/// @param inTime the tick that may be run, or null where all are too late
/// @param firstMissed the first of those that are too late; says nothing where there are none
record Due(@Nullable Instant inTime, Instant firstMissed, int missed) {
  /// @param most so many are counted
  static Due of(Schedule schedule, Instant now, int most) {
    var first = schedule.nextAt() == null ? now : schedule.nextAt();
    var counted = schedule.when().between(first, now, most);
    var latest =
        counted.size() < most ? newest(counted, schedule, now) : latest(schedule, first, now);
    var ticks = Math.max(1, counted.size());
    return latest == null
        ? new Due(null, first, ticks)
        : new Due(latest, first, Math.max(0, ticks - 1));
  }

  private static @Nullable Instant newest(List<Instant> ticks, Schedule schedule, Instant now) {
    var inTime = !ticks.isEmpty() && !ticks.getLast().isBefore(now.minus(schedule.grace()));
    return inTime ? ticks.getLast() : null;
  }

  private static @Nullable Instant latest(Schedule schedule, Instant first, Instant now) {
    var earliest = now.minus(schedule.grace());
    var from = earliest.isAfter(first) ? earliest : first;
    var inTime = schedule.when().between(from, now, Integer.MAX_VALUE);
    return inTime.isEmpty() ? null : inTime.getLast();
  }
}
