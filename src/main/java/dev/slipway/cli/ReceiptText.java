package dev.slipway.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Receipts as people read them.
final class ReceiptText {
  private ReceiptText() {}

  /// Some lines for each, as `GET /apps/APP/receipts` gives them.
  static List<String> lines(List<JsonNode> receipts) {
    var lines = new ArrayList<String>();
    for (var receipt : receipts) {
      lines.add(head(receipt));
      lines.add("  " + requests(receipt));
      receipt.path("processes").forEach(process -> lines.add("  " + process(process)));
    }
    return lines;
  }

  private static String head(JsonNode receipt) {
    return String.format(
        Locale.ROOT,
        "v%d %s, live after %.2f s, %s",
        receipt.path("release").asInt(),
        receipt.path("reason").asString(""),
        receipt.path("seconds_to_live").asDouble(),
        receipt.path("written_at").asString(""));
  }

  private static String requests(JsonNode receipt) {
    return receipt.path("requests").asLong()
        + " requests, "
        + receipt.path("lost").asLong()
        + " lost"
        + latency(receipt.path("before"), "before")
        + latency(receipt.path("after"), "after");
  }

  private static String latency(JsonNode latency, String when) {
    return latency.path("count").asLong() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            ", p50/p95/p99 %s %.0f/%.0f/%.0f ms",
            when,
            latency.path("p50").asDouble(),
            latency.path("p95").asDouble(),
            latency.path("p99").asDouble());
  }

  /// Such as `worker: 2 run, 2 restarted, 1 killed (worker.2 after 30.1 s)`.
  static String process(JsonNode process) {
    var words = new ArrayList<String>();
    words.add(process.path("running").asInt() + " run");
    add(words, process, "started", "started");
    add(words, process, "restarted", "restarted");
    add(words, process, "stopped", "stopped");
    add(words, process, "ending", "still ending");
    add(words, process, "unseen", "ended unseen");
    var killed = process.path("killed");
    if (!killed.isEmpty()) {
      words.add(killed.size() + " killed (" + killed(killed) + ")");
    }
    return process.path("type").asString("") + ": " + String.join(", ", words);
  }

  private static void add(List<String> words, JsonNode process, String field, String word) {
    var count = process.path(field).asInt();
    if (count > 0) {
      words.add(count + " " + word);
    }
  }

  private static String killed(JsonNode killed) {
    return killed
        .valueStream()
        .map(it ->
            String.format(
                Locale.ROOT,
                "%s after %.1f s",
                it.path("dyno").asString(""),
                it.path("seconds").asDouble()))
        .collect(Collectors.joining(", "));
  }
}
