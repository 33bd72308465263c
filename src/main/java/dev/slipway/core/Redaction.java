package dev.slipway.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Takes secrets out of what is shown. Values of fewer than six characters stay: they are words
/// such as `true`, and text without them could not be read.
public record Redaction(List<String> values) {
  private static final int SHORTEST = 6;

  /// Copies the values.
  public Redaction {
    values = List.copyOf(values);
  }

  /// Of the values, and of each line of those that have several.
  public static Redaction of(Collection<Secret> secrets) {
    return new Redaction(
        secrets.stream()
            .map(Secret::reveal)
            .flatMap(value -> Stream.concat(Stream.of(value), value.lines().map(String::strip)))
            .filter(value -> value.length() >= SHORTEST)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList());
  }

  /// The text without the values.
  public String apply(String text) {
    var shown = text;
    for (var value : values) {
      shown = shown.replace(value, "[REDACTED]");
    }
    return shown;
  }
}
