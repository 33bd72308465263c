package dev.slipway.install;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Runs programs of this host.
final class Commands {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/local/sbin"),
          Path.of("/usr/local/bin"),
          Path.of("/usr/sbin"),
          Path.of("/usr/bin"),
          Path.of("/sbin"),
          Path.of("/bin"));

  private Commands() {}

  /// How a program ended.
  ///
  /// @param status its exit status
  /// @param lines what it wrote, both streams together
  record Ended(int status, List<String> lines) {
    /// The last lines, for a message.
    String tail() {
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
    }
  }

  static boolean exists(String program) {
    return PLACES.stream().anyMatch(place -> Files.isExecutable(place.resolve(program)));
  }

  /// Runs the program to its end.
  static Ended run(Map<String, String> environment, List<String> command, Consumer<String> line) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    var lines = new ArrayList<String>();
    try {
      var process = builder.start();
      try (BufferedReader output = process.inputReader()) {
        output
            .lines()
            .forEach(text -> {
              lines.add(text);
              line.accept(text);
            });
      }
      return new Ended(process.waitFor(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + command.getFirst(), e);
    }
  }

  static Ended run(List<String> command) {
    return run(Map.of(), command, _ -> {});
  }
}
