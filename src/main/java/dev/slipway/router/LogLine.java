package dev.slipway.router;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// A line of a router's own log, made into Heroku's. nginx writes `APP SECONDS SERVICE method=...
/// connect=0.001 service=0.018 status=200 bytes=13 protocol=https code=`; with several tries on
/// dynos the two times are lists.
record LogLine(AppId app, Instant time, String text) {
  private static final Pattern RAW =
      Pattern.compile(
          "(?<app>[0-9a-f-]{36}) (?<seconds>\\d+\\.\\d{3}) (?<service>\\S*) (?<request>method=.*)"
              + " connect=(?<connect>[0-9., :-]*) service=(?<took>[0-9., :-]*) (?<answer>status=\\d+"
              + " bytes=\\d+ protocol=\\w+) code=(?<code>\\S*)");

  private static final Map<String, String> DESCRIPTIONS =
      Map.ofEntries(
          Map.entry("H10", "App crashed"),
          Map.entry("H12", "Request timeout"),
          Map.entry("H13", "Connection closed without response"),
          Map.entry("H14", "No web processes running"),
          Map.entry("H15", "Idle connection"),
          Map.entry("H17", "Poorly formatted HTTP response"),
          Map.entry("H18", "Server Request Interrupted"),
          Map.entry("H19", "Backend connection timeout"),
          Map.entry("H21", "Backend connection refused"),
          Map.entry("H27", "Client Request Interrupted"),
          Map.entry("H80", "Maintenance mode"),
          Map.entry("H99", "Platform error"));

  /// Reads a raw line; empty when it is none.
  static Optional<LogLine> parse(String raw, Function<ServiceName, Optional<DynoName>> names) {
    var matcher = RAW.matcher(raw);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var seconds = new BigDecimal(matcher.group("seconds"));
    var service = matcher.group("service");
    var dyno =
        service.isEmpty()
            ? ""
            : names.apply(new ServiceName(service)).map(DynoName::toString).orElse(service);
    var text =
        "%s %s dyno=%s connect=%s service=%s %s"
            .formatted(
                at(matcher.group("code")),
                matcher.group("request"),
                dyno,
                service.isEmpty() ? "" : milliseconds(matcher.group("connect")),
                service.isEmpty() ? "" : milliseconds(matcher.group("took")),
                matcher.group("answer"));
    return Optional.of(
        new LogLine(
            AppId.of(matcher.group("app")),
            Instant.ofEpochMilli(seconds.movePointRight(3).longValue()),
            text));
  }

  private static String at(String code) {
    if (code.isEmpty()) {
      return "at=info";
    }
    var level = code.equals("H80") ? "info" : "error";
    return "at=%s code=%s desc=\"%s\""
        .formatted(level, code, DESCRIPTIONS.getOrDefault(code, "Unknown"));
  }

  /// Of the last try: `0.001, 0.018` becomes `18ms`, and no time becomes nothing.
  private static String milliseconds(String times) {
    var last = times.substring(times.lastIndexOf(' ') + 1);
    if (last.isEmpty() || last.equals("-")) {
      return "";
    }
    return new BigDecimal(last).movePointRight(3).toBigInteger() + "ms";
  }
}
