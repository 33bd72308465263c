package dev.slipway.install;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// Asks Slipway's parts whether they are well, over the ports that their users use.
final class Health {
  private static final int PATIENCE_MILLIS = 2000;

  private Health() {}

  /// The parts that answer on a port of this host.
  static final List<String> ANSWERING = List.of("control", "router", "registry");

  /// Whether the part answers as it should.
  static boolean of(String part) {
    return switch (part) {
      case "control" -> status("http://127.0.0.1:7080/health") == 200;
      case "router" -> status("http://127.0.0.1:80/") > 0;
      case "registry" -> status("http://127.0.0.1:5000/v2/") == 401;
      default -> true;
    };
  }

  /// Waits until the part answers.
  ///
  /// @return whether it does
  static boolean await(String part, Duration patience) {
    return Waiting.until(patience, () -> of(part));
  }

  private static int status(String url) {
    try {
      var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      connection.setInstanceFollowRedirects(false);
      try {
        return connection.getResponseCode();
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return -1;
    }
  }
}
