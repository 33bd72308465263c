package dev.slipway.observe;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One reader of a live log, called on a thread of its own. One that falls too far behind is
/// dropped, and holds up neither memory nor the app.
public final class LogFollowing implements AutoCloseable {
  private static final int MOST_AT_ONCE = 500;
  private static final Duration WAIT = Duration.ofSeconds(10);

  private final LogReader lines;
  private final Consumer<LogLine> reader;
  private @Nullable Thread thread;

  LogFollowing(LogReader lines, Consumer<LogLine> reader) {
    this.lines = lines;
    this.reader = reader;
  }

  /// Whether it was closed, or dropped for falling behind.
  public boolean closed() {
    return lines.closed();
  }

  @Override
  public void close() {
    lines.close();
    if (thread != null) {
      thread.interrupt();
    }
  }

  void start() {
    lines.skipMissed();
    thread = Thread.ofVirtual().name("log-reader").start(this::deliver);
  }

  private void deliver() {
    try (lines) {
      while (!lines.closed()) {
        var batch = lines.next(MOST_AT_ONCE, WAIT);
        if (batch.missed() > 0) {
          return;
        }
        for (var line : batch.lines()) {
          if (lines.closed()) {
            return;
          }
          reader.accept(line);
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException readerFailed) {
      // It is closed by now: whoever reads sees that.
    }
  }
}
