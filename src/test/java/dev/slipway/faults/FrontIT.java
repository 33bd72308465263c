package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What stands in front of the apps is killed, or replaced by `./slipway up`.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrontIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<String> UPGRADED = List.of(Host.CONTROL, Host.ROUTER);

  private final FaultApp app = FaultApp.serving("good");

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void routerKilled() {
    dark("router killed", Host.ROUTER);
  }

  /// The router still runs then, in a namespace that is cut off.
  @Test
  void gateKilled() {
    dark("gate killed", Host.GATE);
  }

  private void dark(String fault, String container) {
    var before = started(container);
    Host.kill(container);
    var began = System.nanoTime();
    await("another start", PATIENCE, () -> !started(container).equals(before));
    await("it serves again", PATIENCE, app::serves);
    Steady.note(fault + "\t" + Steady.seconds(began) + "\tdark");
    // What pulls come by is back too.
    assertEquals("401", status("http://127.0.0.1:5000/v2/"));
    app.awaitMarker("good");
  }

  @Test
  void upgradedInPlace() throws Exception {
    var ids = UPGRADED.stream().map(FrontIT::id).toList();
    UPGRADED.forEach(image -> Host.docker("tag", image, image + ":before-test"));
    try (var load = Steady.withSlowRequests("control and router upgraded by `up`", app)) {
      UPGRADED.forEach(FrontIT::change);
      up();
      assertNotEquals(ids, UPGRADED.stream().map(FrontIT::id).toList());
      app.awaitMarker("good");
      load.assertNothingLost();
    } finally {
      UPGRADED.forEach(image -> Host.docker("tag", image + ":before-test", image));
      up();
      UPGRADED.forEach(image -> Host.docker("rmi", image + ":before-test"));
    }
    var push = app.push(Sources.good("after"));
    assertEquals(true, push.accepted(), push.output());
    app.awaitMarker("after");
  }

  /// The container's image gets another identifier, as a newer build would give it.
  private static void change(String image) {
    try {
      var build =
          new ProcessBuilder("docker", "build", "-q", "-t", image, "-")
              .redirectErrorStream(true)
              .start();
      build
          .getOutputStream()
          .write(
              ("FROM " + image + ":before-test\nLABEL slipway.test=" + System.nanoTime() + "\n")
                  .getBytes(UTF_8));
      build.getOutputStream().close();
      var said = new String(build.getInputStream().readAllBytes(), UTF_8);
      assertEquals(0, build.waitFor(), said);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void up() throws IOException, InterruptedException {
    var up = new ProcessBuilder("./slipway", "up", "--yes").redirectErrorStream(true).start();
    up.getOutputStream().close();
    var said = new String(up.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, up.waitFor(), said);
  }

  private static String id(String container) {
    return Host.docker("container", "inspect", "--format", "{{.Id}}", container);
  }

  private static String started(String container) {
    return Host.docker("inspect", "--format", "{{.State.StartedAt}}", container);
  }

  private static String status(String url) {
    try {
      var curl =
          new ProcessBuilder("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url).start();
      return new String(curl.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
