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
    return run(environment, command, new byte[0], line);
  }

  /// The same, with an input that is short enough to be taken in whole.
  static Ended run(List<String> command, byte[] input, Consumer<String> line) {
    return run(Map.of(), command, input, line);
  }

  private static Ended run(
      Map<String, String> environment, List<String> command, byte[] input, Consumer<String> line) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    var lines = new ArrayList<String>();
    try {
      var process = builder.start();
      write(process, input);
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

  /// A program that does not read its input may have ended by now, and says so by its status.
  private static void write(Process process, byte[] input) {
    try (var in = process.getOutputStream()) {
      in.write(input);
    } catch (IOException ended) {
      // Its status and its words tell why.
    }
  }

  static Ended run(List<String> command) {
    return run(Map.of(), command, _ -> {});
  }
}
