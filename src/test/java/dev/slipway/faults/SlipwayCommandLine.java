package dev.slipway.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The command as somebody types it who has no key of a store in the environment, or this one.
final class SlipwayCommandLine {
  private SlipwayCommandLine() {}

  /// How it ended, and what it said.
  record Ended(int status, String said) {}

  static Ended run(String... arguments) {
    return run(Map.of(), arguments);
  }

  static Ended run(Map<String, String> environment, String... arguments) {
    var command = new ArrayList<>(List.of("./slipway"));
    command.addAll(Arrays.asList(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Ended(process.waitFor(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
