package dev.slipway.rollout;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What a rollout cost the app's users: kept with the release, and shown.
///
/// @param release the release's number
/// @param reason why dynos changed
/// @param requests how many requests ended while it ran, and in the ten seconds after
/// @param lost how many of them got no proper answer
/// @param before latency of the dynos that went, over their life
/// @param after latency of the dynos that came, until the receipt was written
/// @param seconds how long each step took
/// @param secondsToLive from its start until users had the new dynos
/// @param processes by name, the process types of which dynos came or went
/// @param silentRouters routers that had not taken the new table when they were no longer waited
///   for
public record Receipt(
    UUID rollout,
    int release,
    String reason,
    long requests,
    long lost,
    Percentiles before,
    Percentiles after,
    Map<String, Double> seconds,
    double secondsToLive,
    List<ProcessReceipt> processes,
    List<String> silentRouters,
    Instant writtenAt) {
  /// Copies the processes; receipts of earlier versions have none.
  @SuppressWarnings("NullAway") // what is read of an old one
  public Receipt {
    processes = processes == null ? List.of() : List.copyOf(processes);
  }

  /// Times in milliseconds that 50, 95 and 99 of 100 requests kept within, and how many were
  /// counted.
  public record Percentiles(long count, double p50, double p95, double p99) {}

  /// The same, with what is known by now of the dynos that went.
  Receipt with(List<Departure> departures) {
    return new Receipt(
        rollout,
        release,
        reason,
        requests,
        lost,
        before,
        after,
        seconds,
        secondsToLive,
        processes.stream().map(it -> it.with(departures)).toList(),
        silentRouters,
        writtenAt);
  }
}
