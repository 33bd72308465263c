package dev.slipway.install;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Compares this host's clock with that of the mirror of its packages.
final class ClockCheck {
  private static final int PATIENCE_MILLIS = 2000;

  private ClockCheck() {}

  /// How far this host's clock is ahead, or null where nobody answers.
  static @Nullable Duration offset() {
    var mirror = DebianMirror.ofThisHost();
    if (mirror.isEmpty()) {
      return null;
    }
    try {
      var connection = (HttpURLConnection) mirror.get().toURL().openConnection();
      connection.setRequestMethod("HEAD");
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      var date = connection.getDate();
      connection.disconnect();
      return date == 0 ? null : Duration.between(Instant.ofEpochMilli(date), Instant.now());
    } catch (IOException e) {
      return null;
    }
  }
}
