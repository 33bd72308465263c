package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Parts of the platform that are away for a while: registry, builder, control.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PartsAwayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FaultApp app = FaultApp.serving("good");

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void registryAway() {
    try (var load = Steady.during("image server down during a deploy", app)) {
      Host.docker("stop", Host.REGISTRY);
      try {
        var push = app.push(Sources.good("never"));
        assertFalse(push.accepted(), push.output());
        assertTrue(push.output().contains("image server"), push.output());
        assertFalse(push.output().contains("nternal error"), push.output());
        assertEquals("good", app.marker());
      } finally {
        Host.docker("start", Host.REGISTRY);
      }
      pushUntilItWorks();
      load.assertNothingLost();
    }
  }

  @Test
  void builderKilledInABuild() throws InterruptedException {
    try (var load = Steady.during("builder killed in a build", app)) {
      var building = new CountDownLatch(1);
      app.repository().commit(Sources.dockerfile("RUN echo now && sleep 30\n"));
      var push =
          app.repository()
              .pushing(
                  "HEAD:main",
                  line -> {
                    if (line.contains("now")) {
                      building.countDown();
                    }
                  });
      assertTrue(building.await(30, TimeUnit.SECONDS));
      Host.kill(Host.BUILDER);
      var end = push.join();
      assertFalse(end.accepted(), end.output());
      assertTrue(end.output().contains("The builder was stopped while it built"), end.output());
      assertEquals("good", app.marker());
      pushUntilItWorks();
      load.assertNothingLost();
    }
  }

  /// Two apps whose only dyno crashes at the same time while control is away: each comes back with
  /// another address, and no answer ever comes from the wrong one.
  @Test
  void dynosCrashWhileControlIsAway() {
    try (var other = FaultApp.serving("other");
        var watch = AnswerWatch.on(app, other)) {
      var began = System.nanoTime();
      Host.docker("stop", Host.CONTROL);
      try {
        for (var wait : List.of(0, 17)) {
          Host.pause(Duration.ofSeconds(wait));
          crash(app);
          crash(other);
          await("both serve again", PATIENCE, () -> app.serves() && other.serves());
        }
      } finally {
        Host.docker("start", Host.CONTROL);
        await("the API is back", PATIENCE, Api::answers);
      }
      await("both still serve", PATIENCE, () -> app.serves() && other.serves());
      Host.pause(Duration.ofSeconds(2));
      watch.assertNoneWasWrong();
      Steady.note(
          "dynos crash while control is away\t" + Steady.seconds(began) + "\twrong answers\t0");
    }
  }

  private static void crash(FaultApp app) {
    var container = app.containers().getFirst();
    app.get("/crash");
    await("the dyno is gone", Duration.ofSeconds(10), () -> !app.containers().contains(container));
  }

  /// As the error told the developer to do.
  private void pushUntilItWorks() {
    var source = new HashMap<>(Sources.good("good"));
    app.repository().commit(source);
    await("a push works again", PATIENCE, () -> app.repository().push().accepted());
    app.awaitMarker("good");
    app.settle();
  }
}
