package dev.slipway.rollout;

import dev.slipway.engine.Engine;
import dev.slipway.release.Releases;
import java.time.Duration;
import java.util.logging.Logger;

/// Frees the hosts' disks of images that are not needed there: of apps that were destroyed, of
/// releases that failed or are old. The image server keeps them as long as its own disk has room,
/// so that a rollback to one of those only takes a pull longer. Used by one thread.
final class ImageSweep {
  private static final Duration EACH = Duration.ofMinutes(1);
  private static final Duration WARN_EACH = Duration.ofHours(1);
  private static final Logger LOG = Logger.getLogger(ImageSweep.class.getName());

  private final Engine engine;
  private final Releases releases;
  private long last = System.nanoTime();
  private long warned = System.nanoTime() - WARN_EACH.toNanos();

  ImageSweep(Engine engine, Releases releases) {
    this.engine = engine;
    this.releases = releases;
  }

  /// Sweeps when it has not for a minute.
  void runWhenDue() {
    if (System.nanoTime() - last >= EACH.toNanos()) {
      last = System.nanoTime();
      run();
      warnWhenDue();
    }
  }

  /// What is left is needed by apps, so somebody has to make room.
  private void warnWhenDue() {
    if (System.nanoTime() - warned >= WARN_EACH.toNanos()) {
      warned = System.nanoTime();
      engine
          .crowded()
          .forEach(host -> LOG.warning("Host " + host.host() + " is short of disk: " + host.why()));
    }
  }

  /// What hosts hold is read first: whatever is pulled after that belongs to a release that is
  /// known by then.
  void run() {
    var held = engine.images();
    releases.needless(held).forEach(engine::removeImage);
  }
}
