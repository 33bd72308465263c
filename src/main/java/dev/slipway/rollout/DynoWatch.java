package dev.slipway.rollout;

import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.Engine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What every dyno is doing now: asks the engine again and again, and tells its listeners what
/// changed. While the engine does not answer, the last picture stands. Thread-safe.
public final class DynoWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DynoWatch.class.getName());
  private static final Duration EACH = Duration.ofMillis(500);

  private final Engine engine;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<ServiceName, DynoState> states = Map.of();
  private volatile boolean looked;
  private @Nullable Thread thread;

  /// Watches the engine's dynos.
  public DynoWatch(Engine engine) {
    this.engine = engine;
  }

  /// Told of each change, one at a time.
  @FunctionalInterface
  public interface Listener {
    /// A dyno is new, has changed, or is gone.
    ///
    /// @param before null when it is new
    /// @param after null when it is gone
    void changed(@Nullable DynoState before, @Nullable DynoState after);
  }

  /// Adds a listener; it hears of all dynos there are at the next look.
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /// Looks from now on until closed.
  public void start() {
    thread = Thread.ofVirtual().name("dyno-watch").start(this::lookForEver);
  }

  /// Whether the engine has answered at least once: until then nothing is known, which is not the
  /// same as "no dyno runs".
  public boolean hasLooked() {
    return looked;
  }

  /// What the dyno was doing at the last look.
  public Optional<DynoState> state(ServiceName service) {
    return Optional.ofNullable(states.get(service));
  }

  /// Looks now.
  public synchronized void look() {
    var before = states;
    var now =
        engine.dynos().stream().collect(Collectors.toMap(DynoState::service, Function.identity()));
    states = now;
    looked = true;
    now.forEach((service, state) -> {
      if (!state.equals(before.get(service))) {
        tell(before.get(service), state);
      }
    });
    before.forEach((service, state) -> {
      if (!now.containsKey(service)) {
        tell(state, null);
      }
    });
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void tell(@Nullable DynoState before, @Nullable DynoState after) {
    for (var listener : listeners) {
      try {
        listener.changed(before, after);
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "A change of a dyno was not taken in", e);
      }
    }
  }

  private void lookForEver() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        look();
        Thread.sleep(EACH);
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "The engine did not tell its dynos: {0}", e.getMessage());
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(EACH);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }
}
