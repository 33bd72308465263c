package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// An app under a steady load is changed at random for `soak.minutes` (10): no request is lost, and
/// nothing grows. The changes are those of `soak.seed`, which is printed.
@Tag("docker")
@Tag("long")
class SoakIT {
  private static final int MOST_IMAGES = 6;
  private static final Path HOME = Path.of("/var/lib/slipway");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Duration length = Duration.ofMinutes(Integer.getInteger("soak.minutes", 10));
  private final long seed = Long.getLong("soak.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<Change, Integer> done = new EnumMap<>(Change.class);
  private final long began = System.nanoTime();
  private int dynos = 2;

  private enum Change {
    PUSH,
    CONFIG,
    SCALE,
    RESTART,
    ROLLBACK
  }

  @Test
  void nothingIsLostAndNothingGrows() throws IOException {
    System.out.println("soak.seed=" + seed);
    var app = FaultApp.serving("v0");
    List<String> builds;
    try (app) {
      app.scale(dynos);
      try (var load = Steady.withSlowRequests("soak of " + length, app)) {
        Stream.of(Change.values()).forEach(change -> change(app, change));
        var early = Footprint.of(app);
        while (System.nanoTime() - began < length.toNanos()) {
          change(app, Change.values()[random.nextInt(Change.values().length)]);
        }
        app.settle();
        await("old dynos have ended", PATIENCE, () -> app.containers().size() == dynos);
        await("images are swept up", PATIENCE, () -> app.images().size() <= MOST_IMAGES);
        var late = Footprint.of(app);
        load.assertNothingLost();
        System.out.println(done + "\nafter one of each: " + early + "\nat the end: " + late);
        late.assertNotGrownSince(early, dynos, MOST_IMAGES);
      }
      builds = app.list("builds").stream().map(build -> build.path("id").asString()).toList();
    }
    await("no image is left", PATIENCE, () -> app.images().isEmpty());
    assertEquals(List.of(), filesOf(builds));
  }

  /// One in three is not waited for, and meets the next.
  private void change(FaultApp app, Change change) {
    done.merge(change, 1, Integer::sum);
    switch (change) {
      case PUSH -> push(app);
      case CONFIG -> ok(Api.call("PATCH", app.path("config-vars"), Api.json(Map.of("N", text()))));
      case SCALE -> scale(app);
      case RESTART -> ok(Api.call("DELETE", app.path("dynos"), null));
      case ROLLBACK -> rollBack(app);
    }
    if (random.nextInt(3) > 0) {
      app.settle();
      Host.pause(Duration.ofMillis(random.nextInt(2000)));
    }
  }

  private void push(FaultApp app) {
    var push = app.push(Sources.good("v" + text()));
    assertTrue(push.accepted(), push.output());
  }

  private void scale(FaultApp app) {
    dynos = 1 + random.nextInt(3);
    var quantity = Api.json(Map.of("quantity", dynos));
    ok(Api.call("PATCH", app.path("formation/web"), quantity));
  }

  private void rollBack(FaultApp app) {
    var live =
        app.releases().stream()
            .filter(release -> release.path("status").asString().equals("succeeded"))
            .filter(release -> release.path("slug").has("id"))
            .toList();
    var target = live.get(random.nextInt(live.size())).path("id").asString();
    ok(Api.call("POST", app.path("releases"), Api.json(Map.of("release", target))));
  }

  private String text() {
    return Integer.toString(random.nextInt(1_000_000));
  }

  private static void ok(Api.Answer answer) {
    assertTrue(answer.status() < 300, answer.body());
  }

  /// Files of Slipway's that carry one of those names.
  private static List<String> filesOf(List<String> names) throws IOException {
    try (var files = Files.walk(HOME)) {
      return files
          .map(Path::toString)
          .filter(file -> names.stream().anyMatch(file::contains))
          .toList();
    }
  }
}
