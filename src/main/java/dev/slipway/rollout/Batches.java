package dev.slipway.rollout;

import dev.slipway.engine.Engine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How many new dynos fit beside the old ones at once.
final class Batches {
  private static final long MEGABYTE = 1024L * 1024L;

  private final Engine engine;

  Batches(Engine engine) {
    this.engine = engine;
  }

  /// The dynos to start next: all where memory allows, else as many as fit.
  ///
  /// @throws RolloutFailure when not even one fits
  List<Dyno> next(List<Dyno> planned) {
    if (planned.isEmpty()) {
      return planned;
    }
    var free = engine.freeMemory();
    var left = free.total();
    var batch = new ArrayList<Dyno>();
    for (var dyno : planned) {
      var needed = dyno.size().memoryBytes();
      if (needed <= free.largest() && needed <= left) {
        batch.add(dyno);
        left -= needed;
      }
    }
    if (batch.isEmpty()) {
      throw new RolloutFailure(tooLarge(planned, free.largest()));
    }
    return List.copyOf(batch);
  }

  private static String tooLarge(List<Dyno> planned, long largest) {
    var smallest = planned.stream().map(Dyno::size).min(Comparator.naturalOrder()).orElseThrow();
    return "No room for a new dyno beside the old ones: it needs "
        + smallest.memoryBytes() / MEGABYTE
        + " MB, the largest free piece is "
        + Math.max(0, largest) / MEGABYTE
        + " MB. Scale something down, or choose a smaller size: heroku ps:type";
  }
}
