package dev.slipway.observe;

import dev.slipway.core.AppId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The logs of all apps: the last lines of each are kept, and each can be followed. Thread-safe.
public final class Logs implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Logs.class.getName());
  private static final Duration FLUSH_EACH = Duration.ofMillis(250);

  private final Path directory;
  private final Clock clock;
  private final Map<AppId, AppLog> logs = new ConcurrentHashMap<>();
  private final Set<AppId> forgotten = ConcurrentHashMap.newKeySet();
  private final Thread flusher;
  private volatile boolean failing;

  /// Logs that are kept in a directory, one file an app.
  public Logs(Path directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.flusher = Thread.ofVirtual().name("log-flusher").start(this::flushForEver);
  }

  /// Adds a line of the platform, written now.
  public void platform(AppId app, String dyno, String text) {
    add(app, Instant.now(clock), LogLine.PLATFORM, dyno, text);
  }

  /// Adds a line about a person's act, written now: Heroku shows these as the app's own.
  public void act(AppId app, String text) {
    add(app, Instant.now(clock), LogLine.APP, "api", text);
  }

  /// Adds a line.
  public void add(AppId app, Instant time, String source, String dyno, String text) {
    if (forgotten.contains(app)) {
      return;
    }
    log(app).add(time, source, dyno, text);
  }

  /// The newest lines that match, oldest first.
  public List<LogLine> recent(AppId app, LogFilter filter, int count) {
    return log(app).recent(filter, count);
  }

  /// Gives every later line that matches to the reader, on a thread of the reader's own, until the
  /// result is closed. A reader that falls too far behind is dropped.
  ///
  /// @param afterSequence the last line that the reader has; kept lines after it come first
  public LogFollowing follow(
      AppId app, LogFilter filter, long afterSequence, Consumer<LogLine> reader) {
    var following = new LogFollowing(reader(app, filter, afterSequence), reader);
    following.start();
    return following;
  }

  /// A place in the log to read from, until it is closed. As long as there is one, more lines are
  /// kept.
  ///
  /// @param afterSequence the last line that the reader has
  public LogReader reader(AppId app, LogFilter filter, long afterSequence) {
    return new LogReader(log(app), filter, afterSequence);
  }

  /// The sequence of the newest line, or 0.
  public long newest(AppId app) {
    return log(app).newest();
  }

  /// How many readers of the app's log there are.
  public int readers(AppId app) {
    return log(app).readers();
  }

  /// When the newest kept line of a dyno was written, or the epoch.
  public Instant newest(AppId app, String dyno) {
    return log(app).newest(dyno);
  }

  /// Begins to keep all that a dyno writes which runs once, in place of an earlier try.
  public DynoOutput beginOutput(AppId app, String dyno) {
    return DynoOutput.begin(output(app, dyno));
  }

  /// The file with all that such a dyno wrote; not there when it has not begun.
  public Path output(AppId app, String dyno) {
    return directory.resolve(app + "." + dyno + ".txt");
  }

  /// Forgets an app's log, and whatever its dynos still write while they end.
  public void delete(AppId app) {
    forgotten.add(app);
    var log = log(app);
    logs.remove(app);
    log.delete();
    deleteOutputs(app);
  }

  private void deleteOutputs(AppId app) {
    try (var outputs = Files.newDirectoryStream(directory, app + ".*.txt")) {
      for (var output : outputs) {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    flusher.interrupt();
    flush();
  }

  private AppLog log(AppId app) {
    return logs.computeIfAbsent(app, id -> new AppLog(directory.resolve(id + ".log")));
  }

  private void flushForEver() {
    try {
      while (true) {
        Thread.sleep(FLUSH_EACH);
        flush();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// A disk that is full is told once; lines are read and sent on meanwhile, and written later.
  private void flush() {
    var failed = false;
    for (var log : logs.values()) {
      try {
        log.flush();
      } catch (IOException e) {
        if (!failing && !failed) {
          LOG.log(Level.WARNING, "The logs of apps can't be written to disk now", e);
        }
        failed = true;
      }
    }
    failing = failed;
  }
}
