package dev.slipway.hosted;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Looks again and again at what is written down, and has done what is due. Control may be killed
/// at any point. Thread-safe.
public final class Rounds implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Rounds.class.getName());
  private static final Duration LOOK_EACH = Duration.ofMillis(500);

  /// How often one is looked at that is as it should be, or that failed.
  private static final Duration CHECK_EACH = Duration.ofSeconds(10);

  private static final Duration OFTEN_EACH = Duration.ofSeconds(2);

  /// When one is due.
  public enum Pace {
    /// Until it is done.
    AT_ONCE,
    /// Each two seconds.
    OFTEN,
    /// Now and then.
    SELDOM,
    /// There is nothing to do.
    NEVER
  }

  /// What is done in rounds.
  public interface Work {
    /// Everything that there is, and when it is due.
    Map<UUID, Pace> due();

    /// Does what is to be done for one, if nobody else is at it.
    void step(UUID id);
  }

  private final String what;
  private final Work work;
  private final Runnable fence;
  private final Clock clock;
  private final Map<UUID, Instant> checked = new ConcurrentHashMap<>();
  private final Set<UUID> working = ConcurrentHashMap.newKeySet();
  private final Set<UUID> failing = ConcurrentHashMap.newKeySet();
  private final Thread watch;
  private volatile boolean closed;

  /// Rounds that begin with `start`.
  ///
  /// @param what one of them, for the log
  /// @param fence throws where another control has taken over
  public Rounds(String what, Work work, Runnable fence, Clock clock) {
    this.what = what;
    this.work = work;
    this.fence = fence;
    this.clock = clock;
    this.watch = Thread.ofVirtual().name(what + "-rounds").unstarted(this::watch);
  }

  /// Begins.
  public void start() {
    watch.start();
  }

  @Override
  public void close() {
    closed = true;
    watch.interrupt();
  }

  private void watch() {
    try {
      while (!closed) {
        lookAtAll();
        Thread.sleep(LOOK_EACH);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Each on a thread of its own: a host that does not answer holds up what is its own alone.
  private void lookAtAll() {
    try {
      var all = work.due();
      checked.keySet().retainAll(all.keySet());
      failing.retainAll(all.keySet());
      all.entrySet().stream()
          .filter(each -> isDue(each.getKey(), each.getValue()))
          .map(Map.Entry::getKey)
          .filter(working::add)
          .collect(Collectors.toUnmodifiableSet())
          .forEach(id -> Thread.startVirtualThread(() -> look(id)));
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.WARNING, what + "s are looked after again later", e);
      }
    }
  }

  private boolean isDue(UUID id, Pace pace) {
    var last = checked.get(id);
    return switch (pace) {
      case AT_ONCE -> !failing.contains(id) || isPast(last, CHECK_EACH);
      case OFTEN -> isPast(last, OFTEN_EACH);
      case SELDOM -> isPast(last, CHECK_EACH);
      case NEVER -> false;
    };
  }

  private boolean isPast(@Nullable Instant last, Duration time) {
    return last == null || !clock.instant().isBefore(last.plus(time));
  }

  private void look(UUID id) {
    try {
      checked.put(id, clock.instant());
      fence.run();
      work.step(id);
      failing.remove(id);
    } catch (RuntimeException e) {
      if (!closed && failing.add(id)) {
        LOG.log(Level.WARNING, what + " " + id + " is tried again each ten seconds", e);
      }
    } finally {
      working.remove(id);
    }
  }
}
