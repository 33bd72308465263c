package dev.slipway.webhooks;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// How much is done for a delivery.
public enum Level {
  /// It is tried once.
  NOTIFY,
  /// It is tried again until it succeeds, for three days.
  SYNC;

  /// Heroku's word.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Level> of(String label) {
    return Arrays.stream(values()).filter(level -> level.label().equals(label)).findFirst();
  }
}
