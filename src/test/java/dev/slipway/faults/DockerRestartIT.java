package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Docker is stopped and started again: all apps come back without a hand, and no request ever
/// reaches another app.
@Tag("docker")
@Tag("long")
class DockerRestartIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path SOCKET = Path.of("/var/run/docker.sock");

  @Test
  void appsComeBack() throws IOException {
    try (var one = FaultApp.serving("one");
        var two = FaultApp.serving("two")) {
      one.scale(2);
      two.scale(2);
      var began = System.nanoTime();
      try (var watch = AnswerWatch.on(one, two)) {
        restartDocker();
        await("both serve", PATIENCE, () -> one.serves() && two.serves());
        Steady.note("Docker stopped and started\t" + Steady.seconds(began) + "\twrong answers\t0");
        await("control is back", PATIENCE, Api::answers);
        one.settle();
        two.settle();
        watch.assertNoneWasWrong();
      }
      assertEquals("one", one.marker());
      assertEquals("two", two.marker());
    }
  }

  /// By systemd where it runs the engine, else by the process itself and its own command line.
  private static void restartDocker() throws IOException {
    if (Files.isDirectory(Path.of("/run/systemd/system"))) {
      run(List.of("systemctl", "restart", "docker"));
      return;
    }
    var pid = Long.parseLong(Files.readString(Path.of("/var/run/docker.pid")).strip());
    var engine = ProcessHandle.of(pid).orElseThrow();
    var command = List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"));
    engine.destroy();
    engine.onExit().join();
    Host.pause(Duration.ofSeconds(5));
    new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(Path.of("/var/log/dockerd.log").toFile()))
        .start();
    await("the engine listens", PATIENCE, () -> Files.exists(SOCKET) && answers());
  }

  private static boolean answers() {
    return !Host.docker("version", "--format", "{{.Server.Version}}").isEmpty();
  }

  private static void run(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, process.onExit().join().exitValue());
  }
}
