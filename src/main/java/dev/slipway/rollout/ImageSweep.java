package dev.slipway.rollout;

import dev.slipway.engine.Engine;
import dev.slipway.release.Releases;
import java.time.Duration;

/// Frees the hosts' disks of images that are not needed there: of apps that were destroyed, of
/// releases that failed or are old. The image server keeps them, so that a rollback to one of those
/// only takes a pull longer. Used by one thread.
final class ImageSweep {
  private static final Duration EACH = Duration.ofMinutes(1);
  private static final int KEPT = 5;

  private final Engine engine;
  private final Releases releases;
  private long last = System.nanoTime();

  ImageSweep(Engine engine, Releases releases) {
    this.engine = engine;
    this.releases = releases;
  }

  /// Sweeps when it has not for a minute.
  void runWhenDue() {
    if (System.nanoTime() - last >= EACH.toNanos()) {
      last = System.nanoTime();
      run();
    }
  }

  /// What hosts hold is read first: whatever is pulled after that belongs to a release that is
  /// known by then.
  void run() {
    var held = engine.images();
    releases.needless(held, KEPT).forEach(engine::removeImage);
  }
}
