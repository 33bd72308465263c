package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Images in a store that speaks S3. The store is S3Proxy, a stand-in on this machine with an
/// authority of its own: no test here has seen Amazon's.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ObjectStoreIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path directory;
  private ReachableStore store;
  private FaultApp app;

  @BeforeAll
  void start() throws IOException {
    store = ReachableStore.start(directory);
    app = FaultApp.serving("first");
    assertTrue(app.push(Sources.good("second")).accepted());
    app.awaitMarker("second");
  }

  @AfterAll
  void clean() {
    app.close();
    SlipwayCommandLine.run("store", "local", "--for", "images");
    store.close();
  }

  @Test
  @Order(1)
  void aWrongKeyIsRefusedAndChangesNothing() {
    var before = Host.docker("inspect", "--format", "{{.Id}}", Host.REGISTRY);
    var ended = store.use("images", "wrong");
    assertEquals(3, ended.status(), ended.said());
    assertEquals("local", images().path("place").asString());
    assertEquals(before, Host.docker("inspect", "--format", "{{.Id}}", Host.REGISTRY));
  }

  @Test
  @Order(2)
  void imagesMoveToTheStoreAndSoDoesWhatComes() throws IOException {
    var ended = store.use("images", store.standIn().key().secret().reveal());
    assertEquals(0, ended.status(), ended.said());
    assertEquals("s3://slipway-test/fleet", images().path("place").asString());
    var inspected = Host.docker("inspect", Host.REGISTRY);
    assertFalse(
        inspected.contains(store.standIn().key().secret().reveal()), "the engine tells the secret");
    assertFalse(ended.said().contains(store.standIn().key().secret().reveal()));
    var before = store.objects("images");
    var push = app.push(Sources.good("third"));
    assertTrue(push.accepted(), push.output());
    app.awaitMarker("third");
    assertTrue(store.objects("images") > before, "nothing new in the store");
  }

  /// The host's disk is lost, and every image on it.
  @Test
  @Order(3)
  void aReleaseIsHadBackWhenTheImageServersDiskIsLost() {
    Host.docker("rm", "--force", "--volumes", Host.REGISTRY);
    Host.docker("volume", "rm", "slipway-registry");
    var ended = SlipwayCommandLine.run("up", "--yes");
    assertEquals(0, ended.status(), ended.said());
    forgetImages();
    var first = app.releases().stream().filter(it -> it.path("slug").isObject()).findFirst();
    var answer =
        Api.call(
            "POST",
            "/apps/" + app.name() + "/releases",
            Api.json(Map.of("release", first.orElseThrow().path("id").asString())));
    assertEquals(201, answer.status(), answer.body());
    app.awaitMarker("first");
    app.settle();
  }

  @Test
  @Order(4)
  void aDeployWhileTheStoreIsAwayIsRefusedAndTheReleaseGoesOn() {
    try (var load = Steady.during("store of images away during a deploy", app)) {
      store.standIn().stop();
      try {
        var push = app.push(Sources.good("never"));
        assertFalse(push.accepted(), push.output());
        assertTrue(push.output().contains("image server"), push.output());
        assertFalse(push.output().contains("nternal error"), push.output());
        assertEquals("first", app.marker());
        assertEquals(1, SlipwayCommandLine.run("store").status());
      } finally {
        store.standIn().startAgain();
      }
      app.repository().commit(Sources.good("fourth"));
      await("a push works again", PATIENCE, () -> app.repository().push().accepted());
      app.awaitMarker("fourth");
      load.assertNothingLost();
    }
  }

  @Test
  @Order(5)
  void imagesComeBackToThisMachine() {
    var ended = SlipwayCommandLine.run("store", "local", "--for", "images");
    assertEquals(0, ended.status(), ended.said());
    assertEquals("local", images().path("place").asString());
    store.standIn().stop();
    forgetImages();
    app.scale(2);
    var push = app.push(Sources.good("fifth"));
    assertTrue(push.accepted(), push.output());
    app.awaitMarker("fifth");
    store.standIn().startAgain();
  }

  private JsonNode images() {
    return JsonMapper.shared().readTree(SlipwayCommandLine.run("store", "--json").said()).path(0);
  }

  /// So that whatever starts from now on is pulled, unless it runs.
  private void forgetImages() {
    var names = new ArrayList<String>();
    for (var line :
        Host.docker("images", "--digests", "--format", "{{.Repository}}@{{.Digest}}")
            .lines()
            .toList()) {
      if (line.contains(app.id()) && !line.endsWith("<none>")) {
        names.add(line);
      }
    }
    for (var name : names) {
      try {
        new ProcessBuilder("docker", "rmi", name).start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
