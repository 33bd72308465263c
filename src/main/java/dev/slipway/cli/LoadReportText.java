package dev.slipway.cli;

import dev.slipway.load.LoadReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A load's report for people and for programs. Times in JSON are milliseconds.
final class LoadReportText {
  private static final JsonMapper JSON = new JsonMapper();

  private LoadReportText() {}

  static String plain(LoadReport report) {
    var lines = new ArrayList<String>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d requests in %.1f s: %d answered, %d lost; longest pause %.0f ms",
            report.sent(),
            millis(report.elapsed()) / 1000,
            report.answered(),
            report.lost(),
            millis(report.longestPause())));
    lines.add(
        String.format(
            Locale.ROOT,
            "%-6s %9s %6s %9s %9s %9s %9s %9s",
            "",
            "answered",
            "lost",
            "mean",
            "p50",
            "p95",
            "p99",
            "max"));
    lines.add(row("short", report.quick()));
    if (report.slow().sent() > 0) {
      lines.add(row("long", report.slow()));
    }
    report.reasons().forEach((reason, times) -> lines.add("lost " + times + ": " + reason));
    if (!report.firstLosses().isEmpty()) {
      lines.add(first(report.firstLosses().getFirst()));
    }
    return String.join(System.lineSeparator(), lines);
  }

  static String json(LoadReport report) {
    var all = new LinkedHashMap<String, Object>();
    all.put("started_at", report.started().toString());
    all.put("elapsed_ms", millis(report.elapsed()));
    all.put("sent", report.sent());
    all.put("answered", report.answered());
    all.put("lost", report.lost());
    all.put("longest_pause_ms", millis(report.longestPause()));
    all.put("quick", figures(report.quick()));
    all.put("slow", figures(report.slow()));
    all.put("reasons", report.reasons());
    all.put("first_losses", report.firstLosses().stream().map(LoadReportText::loss).toList());
    all.put("seconds", report.seconds().stream().map(LoadReportText::second).toList());
    return JSON.writeValueAsString(all);
  }

  private static String first(LoadReport.Loss loss) {
    return String.format(
        Locale.ROOT,
        "first lost after %.1f s: %s, request id %s",
        millis(loss.after()) / 1000,
        loss.path(),
        loss.requestId());
  }

  private static String row(String name, LoadReport.Figures figures) {
    return String.format(
        Locale.ROOT,
        "%-6s %9d %6d %6.0f ms %6.0f ms %6.0f ms %6.0f ms %6.0f ms",
        name,
        figures.answered(),
        figures.lost(),
        millis(figures.mean()),
        millis(figures.p50()),
        millis(figures.p95()),
        millis(figures.p99()),
        millis(figures.longest()));
  }

  private static Map<String, Object> figures(LoadReport.Figures figures) {
    var map = new LinkedHashMap<String, Object>();
    map.put("sent", figures.sent());
    map.put("answered", figures.answered());
    map.put("lost", figures.lost());
    map.put("mean_ms", millis(figures.mean()));
    map.put("p50_ms", millis(figures.p50()));
    map.put("p95_ms", millis(figures.p95()));
    map.put("p99_ms", millis(figures.p99()));
    map.put("max_ms", millis(figures.longest()));
    return map;
  }

  private static Map<String, Object> loss(LoadReport.Loss loss) {
    var map = new LinkedHashMap<String, Object>();
    map.put("after_ms", millis(loss.after()));
    map.put("request_id", loss.requestId());
    map.put("path", loss.path());
    map.put("reason", loss.reason());
    return map;
  }

  private static List<Object> second(LoadReport.Second second) {
    return List.of(second.number(), second.answered(), second.lost(), millis(second.slowest()));
  }

  private static double millis(Duration span) {
    return span.toNanos() / 1_000_000.0;
  }
}
