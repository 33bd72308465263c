package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
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
      var wrong = new ConcurrentSkipListSet<String>();
      var goesOn = new AtomicBoolean(true);
      var watchers = List.of(watch(one, goesOn, wrong), watch(two, goesOn, wrong));
      var began = System.nanoTime();
      restartDocker();
      Host.await("both serve", PATIENCE, () -> serves(one) && serves(two));
      Steady.note("Docker stopped and started\t" + Steady.seconds(began) + "\twrong answers\t0");
      Host.await("control is back", PATIENCE, Api::answers);
      one.settle();
      two.settle();
      goesOn.set(false);
      watchers.forEach(DockerRestartIT::join);
      assertEquals(Set.of(), wrong);
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
    Host.await("the engine listens", PATIENCE, () -> Files.exists(SOCKET) && answers());
  }

  private static boolean answers() {
    return !Host.docker("version", "--format", "{{.Server.Version}}").isEmpty();
  }

  private static void run(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, process.onExit().join().exitValue());
  }

  private static boolean serves(FaultApp app) {
    return app.get("/").status() == 200;
  }

  private static Thread watch(FaultApp app, AtomicBoolean goesOn, Set<String> wrong) {
    return Thread.ofVirtual()
        .start(() -> {
          while (goesOn.get()) {
            try {
              var answer = app.get("/");
              if (answer.status() == 200 && !answer.body().startsWith(app.name() + " ")) {
                wrong.add(app.name() + " got " + answer.body());
              }
            } catch (RuntimeException away) {
              // the router is away too
            }
            Host.pause(Duration.ofMillis(10));
          }
        });
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
