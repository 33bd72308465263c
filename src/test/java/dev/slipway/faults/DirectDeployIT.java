package dev.slipway.faults;

import static dev.slipway.faults.TestHosts.run;
import static dev.slipway.faults.TestHosts.succeeds;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A deploy on the machine that is up, while control is dead.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DirectDeployIT {
  private static final Duration BACK = Duration.ofSeconds(30);

  private final FaultApp app = FaultApp.serving("v0");
  private final String image = "slipway-test-" + UUID.randomUUID().toString().substring(0, 8);

  @AfterEach
  void controlIsBack() {
    Host.docker("update", "--restart=always", Host.CONTROL);
    Host.docker("start", Host.CONTROL);
    await("the API is back", BACK, Api::answers);
  }

  @AfterAll
  void clean() {
    app.close();
    run("docker", "image", "rm", "--force", image, image + ":base");
  }

  @Test
  void anImageGoesLiveAndControlFindsIt(@TempDir Path directory) throws IOException {
    make("hotfix", directory);
    try (var load = Steady.during("control dead: an image deployed directly", app)) {
      kill();
      var said = succeeds(deploy(image));
      assertTrue(said.contains("is live"), said);
      assertEquals("hotfix", app.marker());
      await("the API is back", BACK, Api::answers);
      load.assertNothingLost();
    }
    assertEquals("Deployed " + image + " directly", newest().path("description").asString());
    assertEquals("succeeded", newest().path("status").asString());
    goesBackWithoutControlAndImageServer();
    var push = app.push(Sources.good("v2"));
    assertTrue(push.accepted(), push.output());
    app.awaitMarker("v2");
  }

  private void goesBackWithoutControlAndImageServer() {
    kill();
    Host.docker("stop", Host.REGISTRY);
    try {
      succeeds(deploy("v2"));
      assertEquals("v0", app.marker());
    } finally {
      Host.docker("start", Host.REGISTRY);
    }
    await("the API is back", BACK, Api::answers);
    assertEquals("Rollback to v2", newest().path("description").asString());
    app.settle();
  }

  @Test
  void whatCantBeDeployedChangesNothing(@TempDir Path directory) throws IOException {
    var before = newest().path("version").asInt();
    var marker = app.marker();
    var refused = run(deploy("v1"));
    assertEquals(5, refused.status(), refused.said());
    assertTrue(refused.said().contains("Control runs"), refused.said());
    kill();
    assertEquals(4, run(deploy("no-such-image")).status());
    assertEquals(4, run(deploy("v999")).status());
    make("broken", directory, "RUN rm server.js\n");
    var failed = run(deploy(image));
    assertEquals(7, failed.status(), failed.said());
    assertTrue(failed.said().contains("did not go live"), failed.said());
    assertEquals(marker, app.marker());
    await("the API is back", BACK, Api::answers);
    assertEquals(before + 1, newest().path("version").asInt());
    assertEquals("failed", newest().path("status").asString());
    app.settle();
  }

  /// The container dies as its process would by the kernel's hand; control goes on.
  @Test
  void whatIsBrokenOffControlGoesOnWith(@TempDir Path directory) throws Exception {
    make("survivor", directory);
    kill();
    var deploy = TestHosts.start(deploy(image));
    try (var lines = deploy.inputReader()) {
      var line = lines.readLine();
      while (line != null && !line.endsWith("  ready")) {
        line = lines.readLine();
      }
      Host.docker("kill", Host.CONTROL);
      lines.lines().forEach(_ -> {});
    }
    assertEquals(70, deploy.waitFor());
    await("the API is back", BACK, Api::answers);
    app.awaitMarker("survivor");
    app.settle();
    assertEquals("succeeded", newest().path("status").asString());
  }

  private static void kill() {
    Host.docker("update", "--restart=no", Host.CONTROL);
    Host.docker("kill", Host.CONTROL);
  }

  private List<String> deploy(String what) {
    return List.of("./slipway", "deploy", "--direct", "-a", app.name(), what);
  }

  private JsonNode newest() {
    return app.list("releases").getLast();
  }

  private void make(String marker, Path directory) throws IOException {
    make(marker, directory, "");
  }

  /// From the image that the app has, with other code.
  private void make(String marker, Path directory, String more) throws IOException {
    var label = "label=slipway.app=" + app.id();
    var dyno = Host.docker("ps", "--filter", label, "--quiet").lines().findFirst().orElseThrow();
    Host.docker("tag", Host.docker("inspect", "--format", "{{.Image}}", dyno), image + ":base");
    Files.writeString(
        directory.resolve("Dockerfile"),
        "FROM " + image + ":base\nUSER root\nCOPY server.js ./\n" + more);
    Files.writeString(directory.resolve("server.js"), Sources.good(marker).get("server.js"));
    Host.docker("build", "--quiet", "--tag", image, directory.toString());
  }
}
