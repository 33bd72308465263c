package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.SwarmSetup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Docker Engine on this host: installed from the distribution where there is none, started where
/// nothing else starts it.
final class EngineSetup {
  static final Path SOCKET = Path.of("/var/run/docker.sock");
  private static final Path LOG = Home.LOGS.resolve("dockerd.log");
  private static final Path PID = Path.of("/var/run/docker.pid");
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final DockerApi docker;
  private final Packages packages;
  private final Ledger ledger;

  EngineSetup(DockerApi docker, Packages packages, Ledger ledger) {
    this.docker = docker;
    this.packages = packages;
    this.ledger = ledger;
  }

  String ensure(Consumer<String> detail) {
    if (docker.answers()) {
      return version() + ", running";
    }
    if (!Commands.exists("dockerd")) {
      var needed = new ArrayList<>(List.of("docker.io", "iptables", "ca-certificates"));
      if (Files.exists(Path.of("/sys/kernel/security/apparmor"))) {
        needed.add("apparmor");
      }
      packages.install(needed, detail);
    }
    if (!docker.answers()) {
      start(detail);
    }
    return version() + ", started";
  }

  /// Ends the engine that `ensure` started by hand, and its containers with it.
  void stop() {
    try {
      var pid = Long.parseLong(Files.readString(PID).strip());
      var engine = ProcessHandle.of(pid);
      engine.ifPresent(ProcessHandle::destroy);
      // It is deaf some time before its end, and until then no other one starts.
      Waiting.until(
          PATIENCE, () -> !Files.exists(PID) || !engine.map(ProcessHandle::isAlive).orElse(false));
    } catch (IOException gone) {
      // Nothing to end.
    }
  }

  static boolean hasSystemd() {
    return Files.isDirectory(Path.of("/run/systemd/system"));
  }

  private String version() {
    return "Docker " + new SwarmSetup(docker).info().version();
  }

  private void start(Consumer<String> detail) {
    detail.accept("starting dockerd");
    if (hasSystemd()) {
      Commands.run(List.of("systemctl", "enable", "--now", "docker"));
    } else {
      startByHand();
      ledger.add(Ledger.Entry.ENGINE);
    }
    if (!Waiting.until(PATIENCE, docker::answers)) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Docker Engine does not start",
              lastWords(),
              "Mend what its log complains about (" + LOG + "), then `./slipway up` again."));
    }
  }

  /// In a session of its own, so that it outlives this command and its terminal.
  private static void startByHand() {
    try {
      Files.createDirectories(Home.LOGS);
      var log = ProcessBuilder.Redirect.appendTo(LOG.toFile());
      new ProcessBuilder("setsid", "--fork", "dockerd")
          .redirectInput(Path.of("/dev/null").toFile())
          .redirectOutput(log)
          .redirectError(log)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lastWords() {
    try {
      var lines = Files.exists(LOG) ? Files.readAllLines(LOG) : List.<String>of();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "its log can't be read";
    }
  }
}
