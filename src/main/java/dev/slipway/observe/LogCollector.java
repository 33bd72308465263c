package dev.slipway.observe;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.Engine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Brings the lines that dynos write into their app's log: follows each dyno from its start, and
/// again after control or the engine was away, from the last line that is kept. Thread-safe.
public final class LogCollector {
  private static final Duration LOOK_EACH = Duration.ofSeconds(1);

  private final Engine engine;
  private final Logs logs;
  private final Instant began;
  private final Map<ServiceName, Thread> followed = new ConcurrentHashMap<>();
  private final Map<ServiceName, Instant> newest = new ConcurrentHashMap<>();
  private final Set<ServiceName> leaving = ConcurrentHashMap.newKeySet();

  /// Collects from the engine into the logs.
  public LogCollector(Engine engine, Logs logs, Clock clock) {
    this.engine = engine;
    this.logs = logs;
    this.began = clock.instant();
  }

  /// Makes sure that the dyno is followed. Cheap when it is already.
  ///
  /// @param createdAt when the dyno was made: one that is older than this process has lines that
  ///   are kept already
  public void follow(AppId app, DynoName dyno, ServiceName service, Instant createdAt) {
    leaving.remove(service);
    followed.computeIfAbsent(
        service,
        name ->
            Thread.ofVirtual()
                .name("collect " + name)
                .start(() -> collect(app, dyno, service, createdAt)));
  }

  /// Notes that nobody wants the dyno any more: it is followed until nothing of it is left. The
  /// engine itself never ends a stream.
  public void forget(ServiceName service) {
    leaving.add(service);
    if (!followed.containsKey(service)) {
      forgetAll(service);
    }
  }

  private void forgetAll(ServiceName service) {
    leaving.remove(service);
    newest.remove(service);
  }

  /// A stream can break while its dyno runs on: it is taken up until the dyno is gone.
  private void collect(AppId app, DynoName dyno, ServiceName service, Instant createdAt) {
    try {
      do {
        followToEnd(app, dyno, service, since(app, dyno, service, createdAt));
        Thread.sleep(LOOK_EACH);
      } while (!isGone(service));
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      followed.remove(service);
      forgetAll(service);
    }
  }

  private void followToEnd(AppId app, DynoName dyno, ServiceName service, Instant since)
      throws InterruptedException {
    try (var follower =
        engine.follow(
            service,
            since,
            (time, text) -> {
              newest.put(service, time);
              logs.add(app, time, LogLine.APP, dyno.toString(), text);
            })) {
      while (!follower.awaitEnd(LOOK_EACH)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("collecting ends");
        }
        if (leaving.contains(service) && isGone(service)) {
          follower.awaitEnd(LOOK_EACH);
          return;
        }
      }
    } catch (DockerException goneOrAway) {
      // The next look decides whether it is gone for good.
    }
  }

  private boolean isGone(ServiceName service) {
    try {
      return engine.isGone(service);
    } catch (RuntimeException engineIsAway) {
      return false;
    }
  }

  private Instant since(AppId app, DynoName dyno, ServiceName service, Instant createdAt) {
    var last = newest.get(service);
    if (last != null) {
      return last.plusNanos(1);
    }
    var kept = logs.newest(app, dyno.toString());
    return createdAt.isBefore(began) && kept.isAfter(Instant.EPOCH)
        ? kept.plusNanos(1)
        : Instant.EPOCH;
  }
}
