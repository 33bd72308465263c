package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.faults.StoredRollouts.Row;
import dev.slipway.rollout.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Control is killed at exactly each step of a rollout, which it finds on its disk when it is back
/// and goes on with: the release goes live, its release command ran once, nothing is lost, nothing
/// stays.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepKillIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int DYNOS = 3;
  private static final int MOST_TRIES = 6;

  private final FaultApp app = FaultApp.serving("v0");
  private int round;

  @BeforeAll
  void start() {
    app.configure(Map.of("BOOT_DELAY", "0.7"));
    app.scale(DYNOS);
  }

  @AfterAll
  void clean() {
    app.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"PHASE", "START", "READY", "SWITCH", "DRAIN", "STOP", "RECEIPT"})
  void killedAt(Step step) {
    for (var tries = 1; tries <= MOST_TRIES; tries++) {
      if (killed(step) == step) {
        return;
      }
    }
    throw new AssertionError("control was never killed at " + step + ", but always later");
  }

  /// A round of it, which must go well wherever control was hit.
  ///
  /// @return the step that it died at
  private Step killed(Step step) {
    Host.awaitLongLife(Host.CONTROL);
    var marker = "v" + ++round;
    var fault = "control killed at step " + step.label();
    try (var load = Steady.withSlowRequests(fault, app)) {
      app.repository().commit(Sources.withReleasePhase(marker, command(marker)));
      var push = app.repository().pushing("HEAD:main", line -> {});
      var died = killAt(step);
      push.join();
      await("the API is back", PATIENCE, Api::answers);
      awaitStep(Step.DONE);
      app.settle();
      assertEquals(marker, app.marker());
      assertEquals("succeeded", app.releases().getLast().path("status").asString());
      assertEquals("succeeded", app.list("builds").getLast().path("status").asString());
      assertEquals(1, ran(marker), "how often the release command ran");
      assertOnlyTheWantedDynosAreLeft();
      pushAgain(marker + "-again");
      load.assertNothingLost();
      return died;
    }
  }

  private static String command(String marker) {
    return "echo migrated " + marker + " as $(cat /proc/sys/kernel/random/uuid) && sleep 1.5";
  }

  /// @return the step that stands on disk when it is dead
  private Step killAt(Step step) {
    var control = Host.process(Host.CONTROL);
    try (var rollouts = StoredRollouts.of(app)) {
      rollouts.awaitStep(rollouts.newest().orElseThrow(), step, PATIENCE);
      control.destroyForcibly();
      control.onExit().join();
      return Step.valueOf(rollouts.newest().map(Row::step).orElseThrow());
    }
  }

  private void awaitStep(Step step) {
    await(
        "the rollout is " + step,
        PATIENCE,
        () -> StoredRollouts.newestOf(app).orElseThrow().step().equals(step.name()));
  }

  /// Each run says another number.
  private long ran(String marker) {
    return app.releasePhaseLog(app.releases().getLast().path("version").asInt())
        .lines()
        .filter(line -> line.contains("migrated " + marker + " as "))
        .distinct()
        .count();
  }

  private void assertOnlyTheWantedDynosAreLeft() {
    var names = app.list("dynos").stream().map(dyno -> dyno.path("name").asString()).sorted();
    assertEquals(List.of("web.1", "web.2", "web.3"), names.toList());
    assertEquals(DYNOS, app.services().size(), () -> app.services().toString());
  }

  private void pushAgain(String marker) {
    var push = app.push(Sources.good(marker));
    assertTrue(push.accepted(), push.output());
    app.awaitMarker(marker);
    app.settle();
    awaitStep(Step.DONE);
    assertOnlyTheWantedDynosAreLeft();
  }
}
