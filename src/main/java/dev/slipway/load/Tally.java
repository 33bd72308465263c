package dev.slipway.load;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/// Counts what becomes of requests. For many threads; every method takes the one lock.
final class Tally {
  private static final int LOSSES_KEPT = 20;

  private final Instant started = Instant.now();
  private final long startNanos = System.nanoTime();
  private final Consumer<String> answeredIds;
  private final Kind quick = new Kind();
  private final Kind slow = new Kind();
  private final Map<String, Long> reasons = new LinkedHashMap<>();
  private final List<LoadReport.Loss> losses = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private long lastAnswerNanos = startNanos;
  private long longestPauseNanos;
  private long quickEndNanos;
  private long endNanos;

  Tally(Consumer<String> answeredIds) {
    this.answeredIds = answeredIds;
  }

  /// The clock's reading at the start.
  long startNanos() {
    return startNanos;
  }

  synchronized void sent(boolean isSlow) {
    (isSlow ? slow : quick).sent++;
  }

  synchronized void ended(
      boolean isSlow, LoadPlan.Request request, String requestId, long dueNanos, Outcome outcome) {
    var now = System.nanoTime();
    switch (outcome) {
      case Outcome.Answered() -> answered(isSlow, requestId, now - dueNanos, now);
      case Outcome.Lost(var reason) -> {
        (isSlow ? slow : quick).lost++;
        row(now).lost++;
        reasons.merge(reason, 1L, Long::sum);
        if (losses.size() < LOSSES_KEPT) {
          var after = Duration.ofNanos(now - startNanos);
          losses.add(new LoadReport.Loss(after, requestId, request.path(), reason));
        }
      }
    }
  }

  /// Says that no quick request will follow; what comes later is no pause.
  synchronized void quickEnded() {
    if (quickEndNanos == 0) {
      quickEndNanos = System.nanoTime();
    }
  }

  /// Says that no request will follow; time stands still for later reports.
  synchronized void finished() {
    if (endNanos == 0) {
      endNanos = System.nanoTime();
    }
  }

  synchronized LoadReport report() {
    var now = endNanos == 0 ? System.nanoTime() : endNanos;
    var pauseUntil = quickEndNanos == 0 ? now : quickEndNanos;
    var pause = quick.sent == 0 ? 0 : Math.max(longestPauseNanos, pauseUntil - lastAnswerNanos);
    var seconds = new ArrayList<LoadReport.Second>();
    for (var row : rows) {
      seconds.add(
          new LoadReport.Second(
              seconds.size(), row.answered, row.lost, Duration.ofNanos(row.slowestNanos)));
    }
    return new LoadReport(
        started,
        Duration.ofNanos(now - startNanos),
        quick.figures(),
        slow.figures(),
        reasons,
        losses,
        seconds,
        Duration.ofNanos(pause));
  }

  private void answered(boolean isSlow, String requestId, long latencyNanos, long now) {
    (isSlow ? slow : quick).answered(latencyNanos);
    answeredIds.accept(requestId);
    if (isSlow) {
      return;
    }
    longestPauseNanos = Math.max(longestPauseNanos, now - lastAnswerNanos);
    lastAnswerNanos = now;
    var row = row(now);
    row.answered++;
    row.slowestNanos = Math.max(row.slowestNanos, latencyNanos);
  }

  private Row row(long now) {
    var second = (int) TimeUnit.NANOSECONDS.toSeconds(now - startNanos);
    while (rows.size() <= second) {
      rows.add(new Row());
    }
    return rows.get(second);
  }

  private static final class Row {
    private long answered;
    private long lost;
    private long slowestNanos;
  }

  private static final class Kind {
    private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);

    private final Histogram latencies = new Histogram(LONGEST_MICROS, 3);
    private long sent;
    private long answered;
    private long lost;

    void answered(long latencyNanos) {
      answered++;
      var micros = TimeUnit.NANOSECONDS.toMicros(latencyNanos);
      latencies.recordValue(Math.clamp(micros, 0, LONGEST_MICROS));
    }

    LoadReport.Figures figures() {
      return new LoadReport.Figures(
          sent,
          answered,
          lost,
          mean(),
          percentile(50),
          percentile(95),
          percentile(99),
          micros(latencies.getMaxValue()));
    }

    private Duration mean() {
      return answered == 0 ? Duration.ZERO : micros(Math.round(latencies.getMean()));
    }

    private Duration percentile(double percent) {
      return micros(latencies.getValueAtPercentile(percent));
    }

    private static Duration micros(long micros) {
      return Duration.of(micros, ChronoUnit.MICROS);
    }
  }
}
