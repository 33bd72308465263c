package dev.slipway.observe;

import java.time.Duration;
import java.util.List;

/// One reader's place in an app's log. Lines are kept once for all readers, and none waits for a
/// reader: one that falls too far behind misses lines, and is told how many. Belongs to one thread,
/// but for closing.
public final class LogReader implements AutoCloseable {
  private final AppLog log;
  private final LogFilter filter;
  private long position;
  private volatile boolean closed;

  LogReader(AppLog log, LogFilter filter, long afterSequence) {
    this.log = log;
    this.filter = filter;
    this.position = log.attach(afterSequence);
  }

  /// What a reader gets at a time.
  ///
  /// @param lines those that match, oldest first
  /// @param missed how many lines, matching or not, were gone before they could be read
  public record Batch(List<LogLine> lines, long missed) {}

  /// The next lines, so many at the most; waits for one as long as it is told to.
  public Batch next(int most, Duration wait) throws InterruptedException {
    var raw = log.read(position, most, wait);
    if (!raw.lines().isEmpty()) {
      position = raw.lines().getLast().sequence();
    }
    return new Batch(raw.lines().stream().filter(filter::matches).toList(), raw.missed());
  }

  /// Steps over lines that are gone.
  ///
  /// @return how many there were
  public long skipMissed() {
    var missed = log.missedAfter(position);
    position += missed;
    return missed;
  }

  /// The sequence of the last line that was read.
  public long position() {
    return position;
  }

  /// Goes back to read again what came after that sequence, as far as it is kept.
  public void rewind(long sequence) {
    position = Math.min(position, sequence);
  }

  /// Whether it was closed.
  public boolean closed() {
    return closed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      log.detach();
    }
  }
}
