package dev.slipway.rollout;

import dev.slipway.core.AppId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Puts what is done to an app in the order in which it was asked for. Thread-safe.
final class Turns {
  private final Map<AppId, Turn> last = new ConcurrentHashMap<>();

  /// The turn after all that were taken for the app before.
  Turn take(AppId app) {
    return last.compute(app, (id, before) -> new Turn(this, id, before));
  }

  /// A place in an app's queue. Whoever took it ends it, come to or not.
  static final class Turn implements AutoCloseable {
    private final Turns turns;
    private final AppId app;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Turn before;

    private Turn(Turns turns, AppId app, @Nullable Turn before) {
      this.turns = turns;
      this.app = app;
      this.before = before;
    }

    /// Waits until all earlier turns have ended, those that were given up included.
    void await() throws InterruptedException {
      for (var earlier = before; earlier != null; earlier = earlier.before) {
        earlier.ended.await();
      }
      before = null;
    }

    @Override
    public void close() {
      ended.countDown();
      if (before == null) {
        turns.last.remove(app, this);
      } // else it was given up, and who comes next has still to wait for those before it
    }
  }
}
