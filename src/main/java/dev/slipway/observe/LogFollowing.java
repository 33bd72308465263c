package dev.slipway.observe;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One reader of a live log. Lines wait for it in a bounded queue: a reader that never reads is
/// dropped, and holds up neither memory nor the app.
public final class LogFollowing implements AutoCloseable {
  private static final int LONGEST_QUEUE = 5000;

  private final LogFilter filter;
  private final Consumer<LogLine> reader;
  private final Consumer<LogFollowing> whenGone;
  private final BlockingQueue<LogLine> queue = new ArrayBlockingQueue<>(LONGEST_QUEUE);
  private volatile @Nullable Thread thread;
  private volatile boolean closed;
  private long lastGiven;

  LogFollowing(LogFilter filter, Consumer<LogLine> reader, Consumer<LogFollowing> whenGone) {
    this.filter = filter;
    this.reader = reader;
    this.whenGone = whenGone;
  }

  /// Whether it was closed, or dropped for falling behind.
  public boolean closed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    whenGone.accept(this);
    var reading = thread;
    if (reading != null) {
      reading.interrupt();
    }
  }

  void start() {
    thread = Thread.ofVirtual().name("log-reader").start(this::deliver);
  }

  void offer(LogLine line) {
    if (!closed && filter.matches(line) && !queue.offer(line)) {
      close();
    }
  }

  /// A line can be offered twice, as a kept one and as a new one: the sequence tells.
  private void deliver() {
    try {
      while (!closed) {
        var line = queue.take();
        if (line.sequence() > lastGiven) {
          lastGiven = line.sequence();
          reader.accept(line);
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException readerFailed) {
      close();
    }
  }
}
