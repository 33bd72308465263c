package dev.slipway.observe;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// A log line as a line of a file: five fields with tabs between, the text last.
final class LogLineText {
  private LogLineText() {}

  static String write(LogLine line) {
    var text = line.text().replace('\n', ' ').replace('\r', ' ');
    return String.join(
        "\t",
        Long.toString(line.sequence()),
        line.time().toString(),
        line.source(),
        line.dyno(),
        text);
  }

  /// Reads a line back; a line that a crash cut short gives nothing.
  static Optional<LogLine> read(String line) {
    var fields = line.split("\t", 5);
    if (fields.length < 5) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new LogLine(
              Long.parseLong(fields[0]),
              Instant.parse(fields[1]),
              fields[2],
              fields[3],
              fields[4]));
    } catch (NumberFormatException | DateTimeException cutShort) {
      return Optional.empty();
    }
  }
}
