package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// What the tests do to the machine itself.
final class Host {
  static final String CONTROL = "slipway-control";
  static final String BUILDER = "slipway-builder";
  static final String REGISTRY = "slipway-registry";
  static final String ROUTER = "slipway-router";

  /// Has the router's addresses.
  static final String GATE = "slipway-gate";

  private Host() {}

  /// Runs Docker's client, which must succeed.
  static String docker(String... arguments) {
    var command = new java.util.ArrayList<>(List.of("docker"));
    command.addAll(Arrays.asList(arguments));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertEquals(0, process.waitFor(), () -> String.join(" ", command) + "\n" + said);
      return said.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Ends a container's first process by SIGKILL, as the kernel does when memory runs out. The
  /// engine starts it again by itself, unlike after `docker kill`.
  static void kill(String container) {
    process(container).destroyForcibly();
  }

  /// A container's first process.
  static ProcessHandle process(String container) {
    var pid = Long.parseLong(docker("inspect", "--format", "{{.State.Pid}}", container));
    return ProcessHandle.of(pid).orElseThrow();
  }

  /// Waits until a container has run for so long that the engine starts it again at once: what dies
  /// within ten seconds waits ever longer.
  static void awaitLongLife(String container) {
    var started = Instant.parse(docker("inspect", "--format", "{{.State.StartedAt}}", container));
    await(
        container + " runs for long enough",
        Duration.ofSeconds(30),
        () -> Duration.between(started, Instant.now()).toSeconds() >= 11);
  }

  /// The addresses that a container has in its networks.
  static List<String> addresses(String container) {
    var format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
    return Arrays.stream(docker("inspect", "--format", format, container).split(" ", -1))
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .toList();
  }

  /// Sleeps for a moment.
  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
