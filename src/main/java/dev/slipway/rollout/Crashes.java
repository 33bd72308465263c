package dev.slipway.rollout;

import dev.slipway.engine.DynoState.Life;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How often a dyno's process ended by itself, and whether the dyno is held back for that.
///
/// @param total all of them
/// @param inARow those since it last ran for long enough; 1 after a crash that stands alone
/// @param life when the life began that ended last, or null
/// @param at when that ended, or null
/// @param status what it ended with
/// @param startsAt when the dyno is started again, while it is held back, or null
record Crashes(
    int total,
    int inARow,
    @Nullable Instant life,
    @Nullable Instant at,
    int status,
    @Nullable Instant startsAt) {
  /// A dyno that runs for so long has started correctly.
  static final Duration STEADY = Duration.ofMinutes(1);

  static final Crashes NONE = new Crashes(0, 0, null, null, 0, null);

  /// Whether this life's end is not counted yet.
  boolean isNew(Life ended) {
    return life == null || ended.began().isAfter(life);
  }

  /// These and one more.
  Crashes and(Life ended, int exitStatus) {
    var again = at != null && ended.length().compareTo(STEADY) < 0;
    return new Crashes(
        total + 1, again ? inARow + 1 : 1, ended.began(), ended.ended(), exitStatus, null);
  }

  /// The same, and it is held back until then.
  Crashes until(Instant start) {
    return new Crashes(total, inARow, life, at, status, start);
  }

  /// Since when it is held back, if it is.
  Optional<Instant> heldSince() {
    return startsAt == null ? Optional.empty() : Optional.ofNullable(at);
  }
}
