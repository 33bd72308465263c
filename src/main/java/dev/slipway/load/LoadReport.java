package dev.slipway.load;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What became of the requests of a load, so far or at its end.
///
/// @param started when the first request was due
/// @param elapsed how long it runs, or ran
/// @param quick figures of the quick requests
/// @param slow figures of the slow requests
/// @param reasons why requests were lost, and how many for each reason
/// @param firstLosses the first lost requests of either kind, oldest first, at most twenty
/// @param seconds one row per second since the start
/// @param longestPause the longest time in which no quick request was answered
public record LoadReport(
    Instant started,
    Duration elapsed,
    Figures quick,
    Figures slow,
    Map<String, Long> reasons,
    List<Loss> firstLosses,
    List<Second> seconds,
    Duration longestPause) {
  /// Copies the lists and the map, which keeps its order.
  public LoadReport {
    reasons = Collections.unmodifiableMap(new LinkedHashMap<>(reasons));
    firstLosses = List.copyOf(firstLosses);
    seconds = List.copyOf(seconds);
  }

  /// Requests of one kind. Latencies are those of answered requests; at a steady rate they count
  /// from the moment the request was due, so that a stall shows in every request that it held up.
  ///
  /// @param sent requests sent, those in flight included
  /// @param answered requests answered with a 2xx status and a whole body
  /// @param lost all others that are not in flight any more
  public record Figures(
      long sent,
      long answered,
      long lost,
      Duration mean,
      Duration p50,
      Duration p95,
      Duration p99,
      Duration longest) {
    /// Requests sent and neither answered nor lost yet.
    public long inFlight() {
      return sent - answered - lost;
    }
  }

  /// A request that was lost.
  ///
  /// @param after how long after the start
  /// @param requestId its X-Request-Id
  /// @param reason a status such as `HTTP 502`, or what went wrong with the connection
  public record Loss(Duration after, String requestId, String path, String reason) {}

  /// One second of the load.
  ///
  /// @param number 0 for the first
  /// @param answered quick requests answered in it
  /// @param lost requests of either kind lost in it
  /// @param slowest the longest latency of a quick request answered in it, zero when none was
  public record Second(int number, long answered, long lost, Duration slowest) {}

  /// Requests sent, of both kinds.
  public long sent() {
    return quick.sent() + slow.sent();
  }

  /// Requests answered, of both kinds.
  public long answered() {
    return quick.answered() + slow.answered();
  }

  /// Requests lost, of both kinds.
  public long lost() {
    return quick.lost() + slow.lost();
  }
}
