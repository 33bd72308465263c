package dev.slipway.engine;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import dev.slipway.core.UserError;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.image.ImageReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every engine must do, the fake one and the real one alike.
abstract class EngineContract {
  static final Duration LIMIT = Duration.ofSeconds(30);
  final AppId app = AppId.random();

  /// The engine under test.
  abstract Engine engine();

  /// An image with a shell in it, that the engine can run.
  abstract ImageReference image();

  @AfterEach
  void stopAll() {
    engine().dynos(app).forEach(dyno -> engine().stop(dyno.service()));
  }

  @Test
  void aStartedDynoRunsAndHasAnAddress() throws Exception {
    var dyno = dyno("web.1", "sleep 300", Map.of());
    engine().start(dyno);
    await(() -> state(dyno).running());
    assertEquals(app, state(dyno).app());
    assertEquals(DynoName.of("web.1"), state(dyno).dyno());
    assertNotNull(state(dyno).address());
  }

  @Test
  void startingTwiceIsStartingOnce() throws Exception {
    var dyno = dyno("web.1", "sleep 300", Map.of());
    engine().start(dyno);
    engine().start(dyno);
    await(() -> state(dyno).running());
    assertEquals(1, engine().dynos(app).size());
  }

  @Test
  void linesOfADynoThatIsNotThereAreRefused() {
    var service = dyno("web.1", "sleep 300", Map.of()).service();
    var refused =
        assertThrows(
            DockerException.class,
            () -> engine().follow(service, Instant.EPOCH, (time, text) -> {}).close());
    assertTrue(refused.notFound());
  }

  @Test
  void aStoppedDynoIsGoneAndCanBeStoppedAgain() throws Exception {
    var dyno = dyno("web.1", "sleep 300", Map.of());
    engine().start(dyno);
    await(() -> state(dyno).running());
    engine().stop(dyno.service());
    engine().stop(dyno.service());
    await(() -> engine().isGone(dyno.service()) && engine().dynos(app).isEmpty());
  }

  @Test
  void aPausedDynoHasNoProcessUntilItIsResumed() throws Exception {
    var dyno = dyno("worker.1", "sleep 300", Map.of());
    engine().start(dyno);
    await(() -> state(dyno).running());
    engine().pause(dyno.service());
    engine().pause(dyno.service());
    await(() -> engine().isGone(dyno.service()) && engine().dynos(app).isEmpty());
    engine().resume(dyno.service());
    engine().resume(dyno.service());
    await(() -> state(dyno).running());
    assertEquals(0, state(dyno).crashes());
    engine().pause(ServiceName.of(app, DynoName.of("worker.2"), 1)); // there is none
  }

  @Test
  void theStatusOfADynoThatIsStoppedIsSeen() throws Exception {
    var dyno = dyno("worker.1", "sleep 300", Map.of());
    engine().start(dyno);
    await(() -> state(dyno).running());
    try (var exit = engine().watchExit(state(dyno))) {
      engine().stop(dyno.service());
      assertEquals(OptionalInt.of(143), exit.await(LIMIT));
    }
  }

  @Test
  void anImageIsHeldFromTheFirstDynoUntilItIsRemoved() throws Exception {
    var dyno = dyno("web.1", "sleep 300", Map.of());
    engine().start(dyno);
    await(() -> state(dyno).running());
    assertTrue(engine().images().contains(image()));
    engine().stop(dyno.service());
    await(() -> engine().isGone(dyno.service()));
    engine().removeImage(image());
    engine().removeImage(image());
    assertFalse(engine().images().contains(image()));
  }

  @Test
  void anImageIsPulledAheadOfTheFirstDyno() throws Exception {
    await(() -> {
      engine().removeImage(image());
      return !engine().images().contains(image());
    });
    var limit = java.time.Duration.ofSeconds(30);
    assertEquals(List.of(), engine().pull(image(), null, limit));
    assertTrue(engine().images().contains(image()));
    assertEquals(List.of(), engine().pull(image(), null, limit));
  }

  @Test
  void aDynoThatRunsOnceEndsWithItsStatus() throws Exception {
    var dyno = dyno("release.1", "exit 3", Map.of());
    engine().startOnce(dyno);
    await(() -> state(dyno).phase() instanceof Phase.Ended);
    var ended = assertInstanceOf(Phase.Ended.class, state(dyno).phase());
    assertEquals(3, ended.exitCode());
    assertTrue(ended.failed());
  }

  @Test
  void onlyADynoThatRunsOnceSaysSo() throws Exception {
    var once = dyno("run.1", "sleep 300", Map.of());
    var web = dyno("web.1", "sleep 300", Map.of());
    engine().startOnce(once);
    engine().start(web);
    await(() -> state(once).running() && state(web).running());
    assertTrue(state(once).once());
    assertFalse(state(web).once());
  }

  @Test
  void aCommandInsideReadsItsInputToTheEndAndEndsWithItsStatus() throws Exception {
    try (var process = inside("cat; exit 7", Map.of())) {
      process.input().write("one\ntwo".getBytes(StandardCharsets.UTF_8));
      process.input().close();
      assertEquals("one\ntwo", text(process));
      assertEquals(OptionalInt.of(7), process.awaitExit());
    }
  }

  @Test
  void aCommandInsideHasTheDynosEnvironmentAndItsOwn() throws Exception {
    try (var process = inside("echo $DYNO $EXTRA $0 $#", Map.of("EXTRA", "{{more}} $HOME"))) {
      assertEquals("run.1 {{more}} $HOME /bin/sh 0\n", text(process));
    }
  }

  @Test
  void aLargeOutputOfBothStreamsComesWhole() throws Exception {
    var million = "head -c 1000000 /dev/zero";
    try (var process = inside(million + "; " + million + " >&2; " + million, Map.of())) {
      assertEquals(3_000_000, process.output().readAllBytes().length);
      assertEquals(OptionalInt.of(0), process.awaitExit());
    }
  }

  @Test
  void aCommandInsideThatIsHungUpEndsWithWhatItStarted() throws Exception {
    try (var process = inside("trap '' HUP; sleep 300 & sleep 300; wait", Map.of())) {
      process.hangUp();
      assertTimeoutPreemptively(LIMIT, () -> process.output().readAllBytes());
      assertTrue(process.awaitExit().orElse(137) > 0);
    }
  }

  @Test
  void nothingRunsInsideADynoThatIsGone() throws Exception {
    var dyno = dyno("run.1", "sleep 300", Map.of());
    engine().startOnce(dyno);
    await(() -> state(dyno).running());
    var state = state(dyno);
    engine().stop(dyno.service());
    await(() -> engine().isGone(dyno.service()));
    var command = new InsideCommand("true", new TreeMap<>(), null);
    assertThrows(UserError.class, () -> engine().runInside(state, command));
  }

  private InsideProcess inside(String command, Map<String, String> environment) throws Exception {
    var dyno = dyno("run.1", "sleep 300", Map.of("DYNO", "run.1"));
    engine().startOnce(dyno);
    await(() -> state(dyno).running());
    return engine().runInside(state(dyno), new InsideCommand(command, secrets(environment), null));
  }

  private static String text(InsideProcess process) throws IOException {
    return new String(process.output().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void memoryOfRunningDynosIsNotFree() throws Exception {
    var before = engine().freeMemory().total();
    var dyno = dyno("web.1", "sleep 300", Map.of());
    engine().start(dyno);
    await(() -> state(dyno).running());
    assertTrue(engine().freeMemory().total() <= before - dyno.size().memoryBytes());
  }

  DynoSpec dyno(String name, String command, Map<String, String> environment) {
    return new DynoSpec(
        ServiceName.of(app, DynoName.of(name), 1),
        app,
        DynoName.of(name),
        image(),
        command,
        secrets(environment),
        DynoSize.STANDARD_1X,
        Duration.ofSeconds(2));
  }

  static SortedMap<String, Secret> secrets(Map<String, String> environment) {
    var secrets = new TreeMap<String, Secret>();
    environment.forEach((key, value) -> secrets.put(key, new Secret(value)));
    return secrets;
  }

  DynoState state(DynoSpec dyno) {
    return engine().dynos(app).stream()
        .filter(each -> each.service().equals(dyno.service()))
        .findFirst()
        .orElse(
            new DynoState(
                dyno.service(),
                app,
                dyno.dyno(),
                false,
                new Phase.Starting(),
                0,
                null,
                null,
                null,
                null,
                null,
                java.time.Instant.EPOCH));
  }
}
