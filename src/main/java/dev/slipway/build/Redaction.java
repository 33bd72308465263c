package dev.slipway.build;

import dev.slipway.core.Secret;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Takes secrets out of what is shown. Values of fewer than six characters stay: they are words
/// such as `true`, and text without them could not be read.
record Redaction(List<String> values) {
  private static final int SHORTEST = 6;

  Redaction {
    values = List.copyOf(values);
  }

  /// Of the values, and of each line of those that have several.
  static Redaction of(Collection<Secret> secrets) {
    return new Redaction(
        secrets.stream()
            .map(Secret::reveal)
            .flatMap(value -> Stream.concat(Stream.of(value), value.lines().map(String::strip)))
            .filter(value -> value.length() >= SHORTEST)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList());
  }

  String apply(String text) {
    var shown = text;
    for (var value : values) {
      shown = shown.replace(value, "[REDACTED]");
    }
    return shown;
  }
}
