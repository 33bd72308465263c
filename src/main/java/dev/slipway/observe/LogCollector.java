package dev.slipway.observe;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.Engine;
import dev.slipway.engine.Engine.LogFollower;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Brings the lines that dynos write into their app's log: follows each dyno from its start, and
/// again after control or the engine was away, from the last line that is kept. No thread waits for
/// a dyno, since there can be thousands. Thread-safe.
public final class LogCollector {
  private static final Logger LOG = System.getLogger(LogCollector.class.getName());
  private static final Duration LOOK_EACH = Duration.ofSeconds(1);

  /// A control that starts follows all dynos at once, and an engine takes only so many connections
  /// at a time.
  private static final int AT_ONCE = 16;

  private final Engine engine;
  private final Logs logs;
  private final Instant began;
  private final Map<ServiceName, Followed> followed = new ConcurrentHashMap<>();
  private final ExecutorService tending =
      Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("collect ", 0).factory());

  /// Collects from the engine into the logs.
  public LogCollector(Engine engine, Logs logs, Clock clock) {
    this.engine = engine;
    this.logs = logs;
    this.began = clock.instant();
    Thread.ofVirtual().name("log-collector").start(this::lookForEver);
  }

  /// Makes sure that the dyno is followed. Cheap when it is already.
  ///
  /// @param createdAt when the dyno was made: one that is older than this process has lines that
  ///   are kept already
  public void follow(AppId app, DynoName dyno, ServiceName service, Instant createdAt) {
    var added = new Followed(app, dyno, service, createdAt);
    var known = followed.putIfAbsent(service, added);
    if (known == null) {
      tendSoon(added);
    } else {
      known.leaving = false;
    }
  }

  /// Notes that nobody wants the dyno any more: it is followed until nothing of it is left. The
  /// engine itself never ends a stream.
  public void forget(ServiceName service) {
    var known = followed.get(service);
    if (known != null) {
      known.leaving = true;
    }
  }

  private void lookForEver() {
    try {
      while (true) {
        Thread.sleep(LOOK_EACH);
        followed.values().stream().filter(Followed::wantsTending).forEach(this::tendSoon);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void tendSoon(Followed dyno) {
    if (dyno.tended.compareAndSet(false, true)) {
      tending.execute(() -> {
        try {
          tend(dyno);
        } catch (DockerException | UncheckedIOException goneOrAway) {
          // The next look decides whether it is gone for good.
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "The lines of " + dyno.service + " are taken up later", e);
        } finally {
          dyno.tended.set(false);
        }
      });
    }
  }

  /// A stream can break while its dyno runs on: it is taken up until the dyno is gone. What a dyno
  /// wrote last can come a moment after it is gone, so the stream ends at the look after that.
  private void tend(Followed dyno) {
    if (dyno.gone) {
      dyno.close();
      followed.remove(dyno.service, dyno);
    } else if (dyno.hasBegun && engine.isGone(dyno.service)) {
      dyno.gone = true;
    } else if (!dyno.isStreaming()) {
      dyno.close();
      dyno.hasBegun = true;
      dyno.stream = open(dyno);
    }
  }

  private LogFollower open(Followed dyno) {
    return engine.follow(
        dyno.service,
        since(dyno),
        (time, text) -> {
          dyno.newest = time;
          logs.add(dyno.app, time, LogLine.APP, dyno.dyno.toString(), text);
        });
  }

  private Instant since(Followed dyno) {
    var last = dyno.newest;
    if (last != null) {
      return last.plusNanos(1);
    }
    if (!dyno.createdAt.isBefore(began)) {
      return Instant.EPOCH;
    }
    var kept = logs.newest(dyno.app, dyno.dyno.toString());
    return kept.isAfter(Instant.EPOCH) ? kept.plusNanos(1) : Instant.EPOCH;
  }

  /// A dyno and the stream of its lines. Only whoever tends it changes the stream.
  private static final class Followed {
    private final AppId app;
    private final DynoName dyno;
    private final ServiceName service;
    private final Instant createdAt;
    private final AtomicBoolean tended = new AtomicBoolean();
    private volatile @Nullable LogFollower stream;
    private volatile @Nullable Instant newest;
    private volatile boolean hasBegun;
    private volatile boolean leaving;
    private volatile boolean gone;

    Followed(AppId app, DynoName dyno, ServiceName service, Instant createdAt) {
      this.app = app;
      this.dyno = dyno;
      this.service = service;
      this.createdAt = createdAt;
    }

    boolean isStreaming() {
      var current = stream;
      return current != null && !current.awaitEnd(Duration.ZERO);
    }

    boolean wantsTending() {
      return leaving || gone || !isStreaming();
    }

    void close() {
      var current = stream;
      if (current != null) {
        current.close();
      }
    }
  }
}
