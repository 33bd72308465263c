package dev.slipway.api;

import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// Writes log lines as server-sent events, each with its sequence as id, until the client goes or
/// the server stops. Thread-safe.
final class LogStreams implements AutoCloseable {
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final long LOOK_AROUND_MILLISECONDS = 250;
  private static final int LONGEST_QUEUE = 1000;
  private static final int KEPT_LINES = 1500;

  /// Microseconds and a numeric zone, as Heroku's clients parse it.
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);

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
    write(out, "retry: 10\n\n");
    var from = lastSeen < 0 ? backlog(logs, request, out) : lastSeen;
    if (request.tail()) {
      follow(logs, request, from, out);
    } else if (lastSeen >= 0) {
      backlogAfter(logs, request, lastSeen, out);
    }
  }

  /// Writes the newest kept lines and gives the sequence of the newest one.
  private static long backlog(Logs logs, LogRequest request, OutputStream out) throws IOException {
    var kept = logs.recent(request.app(), request.filter(), KEPT_LINES);
    var shown = kept.subList(Math.max(0, kept.size() - request.lines()), kept.size());
    write(out, shown.stream().map(LogStreams::event).collect(Collectors.joining()));
    return kept.stream().mapToLong(LogLine::sequence).max().orElse(0);
  }

  private static void backlogAfter(Logs logs, LogRequest request, long lastSeen, OutputStream out)
      throws IOException {
    var missed =
        logs.recent(request.app(), request.filter(), KEPT_LINES).stream()
            .filter(line -> line.sequence() > lastSeen)
            .map(LogStreams::event)
            .collect(Collectors.joining());
    write(out, missed);
  }

  /// Lines cross to this thread by a bounded queue. When the client is too slow for it, the stream
  /// ends; the client comes back and says which line it has.
  private void follow(Logs logs, LogRequest request, long from, OutputStream out)
      throws IOException, InterruptedException {
    var queue = new ArrayBlockingQueue<LogLine>(LONGEST_QUEUE);
    try (var following =
        logs.follow(request.app(), request.filter(), from, line -> putOrStop(queue, line))) {
      var lastWrite = System.nanoTime();
      while (!closing && (!following.closed() || !queue.isEmpty())) {
        var line = queue.poll(LOOK_AROUND_MILLISECONDS, TimeUnit.MILLISECONDS);
        if (line != null) {
          write(out, event(line));
          lastWrite = System.nanoTime();
        } else if (System.nanoTime() - lastWrite >= SILENCE.toNanos()) {
          write(out, ":\n\n");
          lastWrite = System.nanoTime();
        }
      }
    }
  }

  private static void putOrStop(ArrayBlockingQueue<LogLine> queue, LogLine line) {
    if (!queue.offer(line)) {
      throw new IllegalStateException("the reader of a log is too slow");
    }
  }

  private static String event(LogLine line) {
    var text = line.text().replace("\r", "").replace('\n', ' ');
    return "id: "
        + line.sequence()
        + "\ndata: "
        + TIME.format(line.time())
        + ' '
        + line.source()
        + '['
        + line.dyno()
        + "]: "
        + text
        + "\n\n";
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
