package dev.slipway.install;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the platform says that one change of the demo's app cost.
///
/// @param change what was changed, in two or three words
/// @param secondsToLive from its start until users had it
/// @param seconds how long each step of the rollout took, by the step's name
/// @param requests how many requests ended meanwhile and in the ten seconds after
/// @param lost how many of them got no proper answer
/// @param before latency of the dynos that went, or null where nothing was counted
/// @param after latency of the dynos that came, or null where nothing was counted
/// @param workers by process type other than web, how many ran and how many had to be killed
public record ChangeReceipt(
    String change,
    double secondsToLive,
    Map<String, Double> seconds,
    long requests,
    long lost,
    @Nullable Percentiles before,
    @Nullable Percentiles after,
    Map<String, Workers> workers) {
  /// Copies the steps and the workers.
  public ChangeReceipt {
    workers = Map.copyOf(workers);
    seconds = Map.copyOf(seconds);
  }

  /// What became of the dynos of one process type.
  public record Workers(int running, int killed) {}

  /// Milliseconds that 50, 95 and 99 of 100 requests kept within.
  public record Percentiles(double p50, double p95, double p99) {}

  /// Reads what `GET /apps/APP/receipts` gives.
  static ChangeReceipt of(String change, JsonNode json) {
    var seconds = new HashMap<String, Double>();
    json.path("seconds")
        .properties()
        .forEach(step -> seconds.put(step.getKey(), step.getValue().asDouble()));
    return new ChangeReceipt(
        change,
        json.path("seconds_to_live").asDouble(),
        seconds,
        json.path("requests").asLong(),
        json.path("lost").asLong(),
        percentiles(json.path("before")),
        percentiles(json.path("after")),
        workers(json.path("processes")));
  }

  private static Map<String, Workers> workers(JsonNode json) {
    var workers = new HashMap<String, Workers>();
    for (var process : json) {
      var type = process.path("type").asString("");
      if (!type.equals("web")) {
        workers.put(
            type, new Workers(process.path("running").asInt(), process.path("killed").size()));
      }
    }
    return workers;
  }

  private static @Nullable Percentiles percentiles(JsonNode json) {
    return json.path("count").asLong() == 0
        ? null
        : new Percentiles(
            json.path("p50").asDouble(), json.path("p95").asDouble(), json.path("p99").asDouble());
  }
}
