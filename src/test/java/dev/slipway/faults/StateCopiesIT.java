package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.Secret;
import dev.slipway.safekeeping.Restoration;
import dev.slipway.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A copy of the state of the control that is up: another control, on the copy alone, has every
/// app, release and config var.
@Tag("docker")
class StateCopiesIT {
  private static final Path COPIES = Path.of("/var/lib/slipway/backups/control");
  private static final String OTHER = "slipway-test-restored";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String IMAGES =
      "debian:trixie-slim slipway-control slipway-gate slipway-wall slipway-router"
          + " slipway-registry slipway-builder slipway-postgres slipway-pgbouncer slipway-redis";

  @Test
  void anotherControlHasAllOfIt(@TempDir Path directory) throws IOException {
    try (var app = FaultApp.create()) {
      app.configure(Map.of("TOKEN", "hush"));
      var began = System.nanoTime();
      said("backup");
      Steady.note("a copy of control's state\t" + Steady.seconds(began));
      assertEquals(0, SlipwayCommandLine.run("backup", "list").status());
      var home = directory.resolve("home");
      var key = said("backup", "key").lines().findFirst().orElseThrow();
      new Restoration(home).restore(newest(), new Secret(key));
      // `up` makes these, for the names of the machine.
      removeAll(home.resolve("tls"));
      began = System.nanoTime();
      var other = begin(home);
      try {
        assertSame(app, other);
        Steady.note("a control on a restored copy answers\t" + Steady.seconds(began));
      } finally {
        Host.docker("rm", "--force", OTHER);
      }
    }
  }

  /// A machine that has nothing but the source tree, what `up` would build from it, and the copy.
  @Test
  @Tag("long")
  void anotherMachineComesUpFromACopy() throws IOException {
    try (var app = FaultApp.create();
        var hosts = TestHosts.up(1)) {
      app.configure(Map.of("TOKEN", "hush"));
      said("backup");
      hosts.on(1, "dockerd >/var/log/dockerd.log 2>&1 & until docker info; do sleep 0.2; done");
      sends("docker save " + IMAGES, "docker load");
      sends("tar --exclude=.git --exclude=target/surefire-reports -c .", "tar -C /srv -x");
      sends("cat " + newest(), "cat >/root/copy.state");
      sends("./slipway backup key", "cat >/root/key");
      var began = System.nanoTime();
      hosts.on(
          1,
          "cd /srv && touch target/slipway.jar && ./slipway restore /root/copy.state --key /root/key"
              + " && ./slipway up --yes");
      Steady.note("another machine up from a copy\t" + Steady.seconds(began));
      var answer = hosts.on(1, asks("/apps/" + app.name() + "/config-vars"));
      assertTrue(answer.contains("hush"), answer);
      assertFalse(hosts.does(1, "cd /srv && ./slipway restore /root/copy.state --key /root/key"));
    }
  }

  private static void sends(String from, String to) {
    TestHosts.succeeds("bash", "-c", from + " | bin/hosts ssh 1 '" + to + "'");
  }

  private static String asks(String path) {
    return "curl -s -H \"Authorization: Bearer $(cat /var/lib/slipway/secrets/api-key)\""
        + " http://127.0.0.1:7080"
        + path;
  }

  private static String said(String... arguments) {
    var ended = SlipwayCommandLine.run(arguments);
    assertEquals(0, ended.status(), ended.said());
    return ended.said();
  }

  private static Path newest() throws IOException {
    try (var files = Files.list(COPIES)) {
      return files
          .filter(file -> file.toString().endsWith(".state"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  /// Without the engine's socket: it can look at its state, and touch nothing of this machine.
  private static String begin(Path home) {
    Host.docker(
        "run",
        "--detach",
        "--name",
        OTHER,
        "--label",
        "slipway.test",
        "--publish",
        "127.0.0.1::7080",
        "--volume",
        home + ":/var/lib/slipway",
        "slipway-control");
    return "http://" + Host.docker("port", OTHER, "7080/tcp").lines().findFirst().orElseThrow();
  }

  private static void assertSame(FaultApp app, String other) {
    Await.await("the other control answers", PATIENCE, () -> Api.answers(other));
    for (var path : new String[] {"/config-vars", "/releases", "/formation"}) {
      var here = Api.get("/apps/" + app.name() + path);
      var there = Api.at(other, "/apps/" + app.name() + path);
      assertEquals(here.json().size(), there.json().size(), path);
      assertFalse(path.equals("/config-vars") && !there.body().contains("hush"), there.body());
    }
    assertEquals(Api.get("/apps").json().size(), Api.at(other, "/apps").json().size());
  }

  private static void removeAll(Path directory) throws IOException {
    try (var walk = Files.walk(directory)) {
      for (var file : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
