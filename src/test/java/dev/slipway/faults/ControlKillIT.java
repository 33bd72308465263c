package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Control is killed at moments of a deploy: while it builds, and at points of the rollout from its
/// first step to its last. The app serves all the time, the deploy ends live or failed, and the
/// next push works.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlKillIT {
  private static final Duration BACK = Duration.ofSeconds(30);

  private final FaultApp app = FaultApp.serving("v0");
  private int round;

  @AfterAll
  void clean() {
    app.close();
  }

  static Stream<Moment> moments() {
    return Stream.of(
        new Moment("Building on Slipway", 0),
        new Moment("Building on Slipway", 500),
        new Moment("Launching", 0),
        new Moment("Launching", 150),
        new Moment("Launching", 400),
        new Moment("Launching", 700),
        new Moment("Launching", 900),
        new Moment("Launching", 1100),
        new Moment("Launching", 1400),
        new Moment("Launching", 2000));
  }

  /// A time after a line that the developer sees.
  record Moment(String line, int millis) {}

  @ParameterizedTest
  @MethodSource("moments")
  void killedAt(Moment moment) throws InterruptedException {
    Host.awaitLongLife(Host.CONTROL);
    var before = app.marker();
    var next = "v" + ++round;
    var fault = "control killed %d ms after \"%s\"".formatted(moment.millis(), moment.line());
    try (var load = Steady.during(fault, app)) {
      var seen = new CountDownLatch(1);
      app.repository().commit(Sources.good(next));
      var push =
          app.repository()
              .pushing(
                  "HEAD:main",
                  line -> {
                    if (line.contains(moment.line())) {
                      seen.countDown();
                    }
                  });
      assertTrue(seen.await(60, TimeUnit.SECONDS));
      Host.pause(Duration.ofMillis(moment.millis()));
      Host.kill(Host.CONTROL);
      push.join();
      await("the API is back", BACK, Api::answers);
      await("no build is pending", BACK, () -> noneIsPending("builds"));
      app.settle();
      assertTrue(Stream.of(before, next).anyMatch(app.marker()::equals), app.marker());
      assertEquals(app.list("dynos").size(), app.services().size());
      pushAgain(next + "-again");
      load.assertNothingLost();
    }
  }

  private boolean noneIsPending(String what) {
    return app.list(what).stream()
        .noneMatch(each -> each.path("status").asString().equals("pending"));
  }

  private void pushAgain(String marker) {
    var push = app.push(Sources.good(marker));
    assertTrue(push.accepted(), push.output());
    app.awaitMarker(marker);
    app.settle();
    assertEquals(
        Map.of("web.1", "up"),
        Map.of(
            app.list("dynos").getFirst().path("name").asString(),
            app.list("dynos").getFirst().path("state").asString()));
  }
}
