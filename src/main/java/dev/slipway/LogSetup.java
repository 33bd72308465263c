package dev.slipway;

import java.io.IOException;
import java.util.logging.LogManager;

/// Sets logging up when the first line is logged, and not before: most commands log nothing.
/// `java.util.logging` makes an instance of it, by its name.
public final class LogSetup {
  /// Reads `logging.properties` of the jar.
  public LogSetup() throws IOException {
    try (var settings = LogSetup.class.getResourceAsStream("/logging.properties")) {
      LogManager.getLogManager().readConfiguration(settings);
    }
  }
}
