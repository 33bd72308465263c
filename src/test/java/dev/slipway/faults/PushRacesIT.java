package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.faults.Repository.Push;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Pushes that meet another push, or a rollout.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PushRacesIT {
  private final FaultApp app = FaultApp.serving("good");

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void twoPushesAtOnce() throws InterruptedException {
    try (var load = Steady.during("two pushes at once", app)) {
      var building = new CountDownLatch(1);
      app.repository().commit(withSlowBuild("first"));
      var first =
          app.repository()
              .pushing(
                  "HEAD:main",
                  line -> {
                    if (line.contains("Building on Slipway")) {
                      building.countDown();
                    }
                  });
      assertTrue(building.await(30, TimeUnit.SECONDS));
      var second = app.push(withSlowBuild("second"));
      assertFalse(second.accepted(), second.output());
      assertTrue(second.output().contains("is being built"), second.output());
      assertTrue(first.join().accepted(), first.join().output());
      app.awaitMarker("first");
      load.assertNothingLost();
    }
    app.settle();
  }

  /// Two builds run at once, the third waits for its turn; all three go live.
  @Test
  void threeAppsPushAtOnce() throws InterruptedException {
    try (var load = Steady.during("three apps push at once", app);
        var second = FaultApp.serving("good");
        var third = FaultApp.serving("good")) {
      var apps = List.of(app, second, third);
      var began = System.nanoTime();
      var building = new CountDownLatch(2);
      var pushes = new ArrayList<CompletableFuture<Push>>();
      for (var each : apps) {
        if (each == third) {
          assertTrue(building.await(30, TimeUnit.SECONDS), "two builds do not run at once");
        }
        each.repository().commit(withSlowBuild("together"));
        pushes.add(each.repository().pushing("HEAD:main", line -> countIfBuilding(line, building)));
      }
      pushes.forEach(push -> assertTrue(push.join().accepted(), push.join().output()));
      Steady.note("three builds, two at once\t" + Steady.seconds(began));
      apps.forEach(each -> each.awaitMarker("together"));
      assertTrue(pushes.getLast().join().output().contains("Waiting for other builds to end"));
      assertFalse(pushes.getFirst().join().output().contains("Waiting for other builds"));
      app.settle();
      load.assertNothingLost();
    }
  }

  /// The build's script has begun.
  private static void countIfBuilding(String line, CountDownLatch building) {
    if (line.contains("building now")) {
      building.countDown();
    }
  }

  @Test
  void pushWhileARolloutRuns() {
    try (var load = Steady.during("push while a rollout runs", app)) {
      var change = Api.call("PATCH", app.path("config-vars"), "{\"BOOT_DELAY\": \"3\"}");
      assertEquals(200, change.status(), change.body());
      var push = app.push(Sources.good("after"));
      assertTrue(push.accepted(), push.output());
      app.awaitMarker("after");
      app.settle();
      assertEquals("after", app.marker());
      assertEquals("Mw==", app.get("/env?name=BOOT_DELAY").body());
      load.assertNothingLost();
    }
  }

  /// npm runs the script while it builds.
  private static Map<String, String> withSlowBuild(String marker) {
    var source = new HashMap<>(Sources.good(marker));
    source.put(
        "package.json",
        "{\"name\": \"fault\", \"version\": \"1.0.0\","
            + " \"scripts\": {\"build\": \"echo building now; sleep 4\"}}");
    return source;
  }
}
