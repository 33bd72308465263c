package dev.slipway.rollout;

import dev.slipway.core.AppId;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /// What the engine gets between two looks however long they take.
  private static final Duration REST = Duration.ofMillis(250);

  private final Engine engine;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<ServiceName, DynoState> states = Map.of();
  private volatile boolean looked;

  /// Held through a look at all dynos, which takes the longer the more there are.
  private final Object all = new Object();

  /// Apps that were looked at since the look at all dynos began.
  private final Set<AppId> newer = new HashSet<>();

  private @Nullable Thread thread;

  /// Watches the engine's dynos.
  public DynoWatch(Engine engine) {
    this.engine = engine;
  }

  /// A dyno is new, has changed, or is gone.
  ///
  /// @param before null when it is new
  /// @param after null when it is gone
  public record Change(@Nullable DynoState before, @Nullable DynoState after) {}

  /// Told after each look that found any change.
  @FunctionalInterface
  public interface Listener {
    /// All that one look found: a host that fails can change hundreds of dynos at once.
    void changed(List<Change> changes);
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

  /// All that the last look found.
  public Collection<DynoState> states() {
    return states.values();
  }

  /// Looks now.
  public void look() {
    synchronized (all) {
      synchronized (this) {
        newer.clear();
      }
      var found = byService(engine.dynos());
      synchronized (this) {
        // Of an app that was looked at meanwhile more is known than this look found.
        found.values().removeIf(state -> newer.contains(state.app()));
        states.values().stream()
            .filter(state -> newer.contains(state.app()))
            .forEach(state -> found.put(state.service(), state));
        var changes = changes(states, found);
        states = found;
        looked = true;
        tell(changes);
      }
    }
  }

  /// Looks at one app's dynos only, which is little work however many others there are, and waits
  /// for no look at all of them.
  public void look(AppId app) {
    var found = byService(engine.dynos(app));
    synchronized (this) {
      newer.add(app);
      var now = new HashMap<>(states);
      var before = new HashMap<ServiceName, DynoState>();
      now.forEach((service, state) -> {
        if (state.app().equals(app)) {
          before.put(service, state);
        }
      });
      now.keySet().removeAll(before.keySet());
      now.putAll(found);
      states = now;
      tell(changes(before, found));
    }
  }

  private static Map<ServiceName, DynoState> byService(List<DynoState> dynos) {
    return dynos.stream()
        .collect(
            Collectors.toMap(
                DynoState::service, Function.identity(), (_, last) -> last, HashMap::new));
  }

  private static List<Change> changes(
      Map<ServiceName, DynoState> before, Map<ServiceName, DynoState> now) {
    var changes = new ArrayList<Change>();
    now.forEach((service, state) -> {
      if (!state.equals(before.get(service))) {
        changes.add(new Change(before.get(service), state));
      }
    });
    before.forEach((service, state) -> {
      if (!now.containsKey(service)) {
        changes.add(new Change(state, null));
      }
    });
    return List.copyOf(changes);
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void tell(List<Change> changes) {
    for (var listener : changes.isEmpty() ? List.<Listener>of() : listeners) {
      try {
        listener.changed(changes);
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "Changes of dynos were not taken in", e);
      }
    }
  }

  private void lookForEver() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        var began = System.nanoTime();
        look();
        Thread.sleep(restAfter(Duration.ofNanos(System.nanoTime() - began)));
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "The engine did not tell its dynos: {0}", e.getMessage());
        pause();
      }
    }
  }

  /// Looks begin at even intervals: with many dynos a look takes a good part of one.
  static Duration restAfter(Duration look) {
    var rest = EACH.minus(look);
    return rest.compareTo(REST) < 0 ? REST : rest;
  }

  private static void pause() {
    try {
      Thread.sleep(EACH);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }
}
