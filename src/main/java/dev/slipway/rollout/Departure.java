package dev.slipway.rollout;

import dev.slipway.core.DynoName;
import java.util.List;

/// A dyno that a rollout takes out.
///
/// @param seconds from SIGTERM to its end, once that is seen; else 0
record Departure(DynoName dyno, End end, double seconds) {
  /// How it ended.
  enum End {
    /// It has still to.
    AHEAD,
    /// By itself, in time; or it did not run any more.
    ENDED,
    /// By SIGKILL, after its grace time.
    KILLED,
    /// Its host could not tell.
    UNSEEN
  }

  static int count(List<Departure> departures, End end) {
    return (int) departures.stream().filter(it -> it.end() == end).count();
  }
}
