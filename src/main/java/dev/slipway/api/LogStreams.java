package dev.slipway.api;

import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Writes log lines as server-sent events, each with its sequence as id, until the client goes or
/// the server stops. Thread-safe.
final class LogStreams implements AutoCloseable {
  /// A client that takes nothing for so long is gone or stuck: its connection is cut.
  static final Duration LONGEST_WRITE = Duration.ofSeconds(15);

  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final Duration LOOK_AROUND = Duration.ofMillis(250);

  /// Between two writes of a stream: a line a write would cost more than the line.
  private static final Duration GATHER = Duration.ofMillis(25);

  private static final int MOST_AT_ONCE = 500;
  private static final int KEPT_LINES = 1500;
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);

  private final LogEvents events = new LogEvents();
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean closing;

  /// Has all streams end, and waits for it a moment: a client takes a stream that breaks for an
  /// error, and one that ends for a reason to come back.
  @Override
  public void close() {
    closing = true;
    var latest = System.nanoTime() + LONGEST_CLOSE.toNanos();
    while (running.get() > 0 && System.nanoTime() < latest) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  /// Runs one stream to its end.
  ///
  /// @param lastSeen the last line that the client has from before a break, or -1
  void run(Logs logs, LogRequest request, long lastSeen, OutputStream out)
      throws IOException, InterruptedException {
    running.incrementAndGet();
    try (out) {
      send(logs, request, lastSeen, out);
    } finally {
      running.decrementAndGet();
    }
  }

  private void send(Logs logs, LogRequest request, long lastSeen, OutputStream out)
      throws IOException, InterruptedException {
    write(out, "retry: 10\n\n".getBytes(StandardCharsets.UTF_8));
    var from = lastSeen < 0 ? backlog(logs, request, out) : lastSeen;
    if (request.tail()) {
      follow(logs, request, from, out);
    } else if (lastSeen >= 0) {
      backlogAfter(logs, request, lastSeen, out);
    }
  }

  /// Writes the newest kept lines and gives the sequence of the newest one.
  private long backlog(Logs logs, LogRequest request, OutputStream out) throws IOException {
    var kept = logs.recent(request.app(), request.filter(), KEPT_LINES);
    write(out, events.of(kept.subList(Math.max(0, kept.size() - request.lines()), kept.size())));
    return kept.stream().mapToLong(LogLine::sequence).max().orElse(0);
  }

  private void backlogAfter(Logs logs, LogRequest request, long lastSeen, OutputStream out)
      throws IOException {
    var missed =
        logs.recent(request.app(), request.filter(), KEPT_LINES).stream()
            .filter(line -> line.sequence() > lastSeen)
            .toList();
    write(out, events.of(missed));
  }

  /// Writes what comes, many lines at a time when many come. When the client is so slow that lines
  /// it has not got are gone, the stream ends; the client comes back and says which line it has.
  private void follow(Logs logs, LogRequest request, long from, OutputStream out)
      throws IOException, InterruptedException {
    try (var reader = logs.reader(request.app(), request.filter(), from)) {
      reader.skipMissed();
      var lastWrite = System.nanoTime();
      while (!closing) {
        var batch = reader.next(MOST_AT_ONCE, LOOK_AROUND);
        if (batch.missed() > 0) {
          return;
        }
        if (!batch.lines().isEmpty()) {
          write(out, events.of(batch.lines()));
          lastWrite = System.nanoTime();
          Thread.sleep(GATHER);
        } else if (System.nanoTime() - lastWrite >= SILENCE.toNanos()) {
          write(out, ":\n\n".getBytes(StandardCharsets.UTF_8));
          lastWrite = System.nanoTime();
        }
      }
    }
  }

  private static void write(OutputStream out, byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }
}
