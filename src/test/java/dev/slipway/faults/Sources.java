package dev.slipway.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// Source trees of small apps, good and bad: file names and their texts.
final class Sources {
  private static final String BASE = "FROM debian:trixie-slim\n";

  private Sources() {}

  /// An app that works, and says the marker in each answer.
  static Map<String, String> good(String marker) {
    return Map.of(
        "package.json",
        "{\"name\": \"fault\", \"version\": \"1.0.0\"}",
        "Procfile",
        "web: node server.js\n",
        "server.js",
        server("server.js", marker));
  }

  /// An app that writes into its database who it is, and says the marker and who has written.
  static Map<String, String> withDatabase(String marker) {
    return Map.of(
        "package.json",
        "{\"name\": \"fault\", \"version\": \"1.0.0\"}",
        "Procfile",
        "web: node database.js\n",
        "database.js",
        server("database.js", marker));
  }

  /// The good one with a release phase.
  static Map<String, String> withReleasePhase(String marker, String command) {
    return Map.of(
        "package.json",
        "{\"name\": \"fault\", \"version\": \"1.0.0\"}",
        "Procfile",
        "web: node server.js\nrelease: " + command + "\n",
        "server.js",
        server("server.js", marker));
  }

  /// The good one with a worker.
  static Map<String, String> withWorker(String marker, String command) {
    return Map.of(
        "package.json",
        "{\"name\": \"fault\", \"version\": \"1.0.0\"}",
        "Procfile",
        "web: node server.js\nworker: " + command + "\n",
        "server.js",
        server("server.js", marker));
  }

  /// A Dockerfile with these lines on the base image.
  static Map<String, String> dockerfile(String lines) {
    return Map.of("Dockerfile", BASE + lines);
  }

  private static String server(String file, String marker) {
    return text(file).replace("@MARKER@", marker);
  }

  /// A file among the test resources.
  static String text(String file) {
    try (var text = Sources.class.getResourceAsStream("/faults/" + file)) {
      if (text == null) {
        throw new IllegalStateException(file + " is not among the test resources");
      }
      return new String(text.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
