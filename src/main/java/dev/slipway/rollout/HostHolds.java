package dev.slipway.rollout;

import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.engine.Engine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;

/// A new dyno is held to the host that was chosen for it. Once it runs, or can't run there, the
/// hold ends, so that it is started elsewhere when that host is lost. One that was not ended by an
/// earlier control is ended by this one.
public final class HostHolds implements DynoWatch.Listener, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(HostHolds.class.getName());
  private static final Duration EACH = Duration.ofSeconds(1);

  private final Engine engine;
  private final DynoWatch watch;
  private final Semaphore changes = new Semaphore(1);
  private final Thread thread;

  /// Ends the holds of the dynos that are watched, from now on until closed.
  public HostHolds(Engine engine, DynoWatch watch) {
    this.engine = engine;
    this.watch = watch;
    this.thread = Thread.ofVirtual().name("host-holds").start(this::releaseForEver);
  }

  @Override
  public void changed(List<DynoWatch.Change> found) {
    changes.release();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void releaseForEver() {
    try {
      while (true) {
        changes.acquire();
        Thread.sleep(EACH);
        changes.drainPermits();
        if (release()) {
          changes.release();
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether there is something left to be done.
  private boolean release() {
    try {
      return engine.release(this::isSettled);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Dynos are held to their hosts still: {0}", e.getMessage());
      return true;
    }
  }

  private boolean isSettled(ServiceName service) {
    return watch
        .state(service)
        .map(state -> !(state.phase() instanceof Phase.Starting))
        .orElse(false);
  }
}
