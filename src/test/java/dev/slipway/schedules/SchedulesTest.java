package dev.slipway.schedules;

import static dev.slipway.schedules.RunState.FAILED;
import static dev.slipway.schedules.RunState.LOST;
import static dev.slipway.schedules.RunState.MISSED;
import static dev.slipway.schedules.RunState.RUNNING;
import static dev.slipway.schedules.RunState.SKIPPED;
import static dev.slipway.schedules.RunState.STARTING;
import static dev.slipway.schedules.RunState.STOPPED;
import static dev.slipway.schedules.RunState.SUCCEEDED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.apps.App;
import dev.slipway.core.UserError;
import dev.slipway.engine.Engine;
import dev.slipway.testing.Await;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.ManualClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of ticks, on a clock that the test moves.
class SchedulesTest {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final String FOREVER = "sleep 1000";

  private final FakeEngine engine = new FakeEngine();
  private final ManualClock clock = new ManualClock();
  private @TempDir Path home;
  private Clockwork control;
  private App app;

  @BeforeEach
  void start() {
    clock.set("2026-11-25T12:01:00Z");
    control = new Clockwork(home, engine, clock);
    app = control.deployed("shop");
  }

  @AfterEach
  void stop() {
    control.close();
  }

  @Test
  void aTickRunsOnceAndItsEndIsKept() {
    var schedule = control.every10Minutes(app, "exit 3", Overlap.SKIP);
    at("12:09:59");
    assertEquals(List.of(), control.states(schedule));
    at("12:10:00");
    eventually(() -> control.states(schedule).equals(List.of(FAILED)));
    var run = control.schedules.runs(schedule).getFirst();
    assertEquals(3, run.status());
    assertEquals(Instant.parse("2026-11-25T12:10:00Z"), run.dueAt());
    assertTrue(String.valueOf(run.dyno()).matches("scheduler\\.[0-9]{4}"), run::toString);
    assertTrue(control.says(app, "Process exited with status 3"));
    at("12:10:01");
    at("12:19:59");
    assertEquals(1, starts());
    eventually(() -> engine.dynos().isEmpty());
    assertEquals(
        Instant.parse("2026-11-25T12:20:00Z"), control.schedules.get(app.id(), "job-1").nextAt());
  }

  @Test
  void aControlThatDiesBeforeTheStartLeavesItToTheNext() {
    var schedule = control.every10Minutes(app, "exit 0", Overlap.SKIP);
    dieAt("startOnce", false);
    at("12:10:00");
    assertEquals(List.of(STARTING), control.states(schedule));
    assertEquals(0, starts());
    nextControl();
    eventually(() -> control.states(schedule).equals(List.of(SUCCEEDED)));
    at("12:10:05");
    assertEquals(1, starts());
  }

  @Test
  void aControlThatDiesAfterTheStartIsNotRepeated() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.SKIP);
    dieAt("startOnce", true);
    at("12:10:00");
    eventually(() -> engine.dynos().size() == 1);
    assertEquals(List.of(STARTING), control.states(schedule));
    nextControl();
    eventually(() -> control.states(schedule).equals(List.of(RUNNING)));
    at("12:10:05");
    assertEquals(1, engine.dynos().size());
    assertEquals(1, engine.calls().stream().distinct().count());
  }

  @Test
  void aControlThatDiesBeforeItRemovesADynoKeepsItsEnd() {
    var schedule = control.every10Minutes(app, "exit 4", Overlap.SKIP);
    dieAt("stop", true);
    at("12:10:00");
    eventually(() -> control.states(schedule).equals(List.of(FAILED)));
    eventually(() -> engine.dynos().isEmpty());
    nextControl();
    at("12:10:05");
    eventually(() -> control.oneOffs.list(app.id()).isEmpty());
    assertEquals(List.of(FAILED), control.states(schedule));
    assertEquals(4, control.schedules.runs(schedule).getFirst().status());
    assertEquals(1, starts());
  }

  /// The engine says for a day that it runs.
  @Test
  void aRunWhoseHostIsLostIsLostSoon() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.SKIP);
    control.close();
    control =
        new Clockwork(
            home,
            engine((method, arguments) ->
                method.getName().equals("isGone") ? true : invoke(method, arguments)),
            clock);
    at("12:10:00");
    eventually(this::isUp);
    eventually(() -> control.states(schedule).equals(List.of(LOST)));
  }

  @Test
  void aPromiseIsNotKeptLongAfter() {
    var schedule = control.every10Minutes(app, "exit 0", Overlap.SKIP);
    dieAt("startOnce", false);
    at("12:10:00");
    clock.set("2026-11-25T12:16:00Z");
    nextControl();
    eventually(() -> control.states(schedule).equals(List.of(MISSED)));
    assertEquals(0, starts());
  }

  @Test
  void twoControlsRunATickOnce() throws InterruptedException {
    for (var i = 0; i < 5; i++) {
      control.every10Minutes(app, FOREVER, Overlap.ALLOW);
    }
    clock.set("2026-11-25T12:10:00Z");
    try (var other = new Clockwork(home, engine, clock)) {
      var go = new CountDownLatch(1);
      var threads =
          List.of(control, other).stream()
              .map(each ->
                  Thread.ofPlatform()
                      .start(() -> {
                        try {
                          go.await();
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                        each.schedules.look();
                      }))
              .toList();
      go.countDown();
      for (var thread : threads) {
        thread.join();
      }
      eventually(() -> engine.dynos().size() == 5);
      at("12:10:01");
      assertEquals(5, starts());
      for (var schedule : control.schedules.list(app.id())) {
        assertEquals(1, control.states(schedule).size());
      }
    }
  }

  @Test
  void whatWasMissedIsToldAndTheLastTickIsRunLateWithinItsGrace() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.SKIP);
    at("12:34:00");
    eventually(() -> control.states(schedule).equals(List.of(RUNNING, MISSED)));
    var runs = control.schedules.runs(schedule);
    assertEquals(Instant.parse("2026-11-25T12:30:00Z"), runs.getFirst().dueAt());
    assertEquals(2, runs.getLast().ticks());
    assertEquals(Instant.parse("2026-11-25T12:10:00Z"), runs.getLast().dueAt());
    assertEquals("control was not up", runs.getLast().note());
    assertTrue(
        control.says(
            app, "Schedule job-1 missed 2 runs since 2026-11-25T12:10:00Z: control was not up"));
  }

  @Test
  void whatIsTooLateIsOnlyTold() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.SKIP);
    at("12:18:00");
    assertEquals(List.of(MISSED), control.states(schedule));
    assertEquals(0, starts());
    clock.set("2027-11-25T12:18:00Z");
    control.schedules.look();
    assertEquals(1000, control.schedules.runs(schedule).getFirst().ticks());
  }

  @Test
  void aTickIsSkippedWhileTheRunBeforeGoesOn() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.SKIP);
    at("12:10:00");
    eventually(this::isUp);
    at("12:20:00");
    eventually(() -> control.states(schedule).equals(List.of(SKIPPED, RUNNING)));
    var note = control.schedules.runs(schedule).getFirst().note();
    assertTrue(note.matches("scheduler\\.[0-9]{4} still ran"), note);
    assertEquals(1, starts());
  }

  @Test
  void bothRunWhereThatIsAllowed() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.ALLOW);
    at("12:10:00");
    eventually(this::isUp);
    at("12:20:00");
    eventually(() -> control.states(schedule).equals(List.of(RUNNING, RUNNING)));
    assertEquals(2, engine.dynos().size());
  }

  @Test
  void theRunBeforeIsGoneWhenItIsReplaced() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.REPLACE);
    at("12:10:00");
    eventually(() -> control.states(schedule).equals(List.of(RUNNING)));
    clock.set("2026-11-25T12:20:00Z");
    eventually(() -> {
      control.schedules.look();
      return control.states(schedule).equals(List.of(RUNNING, STOPPED));
    });
    assertEquals("replaced by the next run", control.schedules.runs(schedule).getLast().note());
    assertEquals(1, engine.dynos().size());
    assertEquals(2, starts());
  }

  @Test
  void aRunWaitsForRoomWithinItsGrace() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.SKIP);
    engine.memory(100);
    at("12:10:00");
    assertEquals(List.of(), control.states(schedule));
    engine.memory(Long.MAX_VALUE);
    at("12:12:00");
    eventually(this::isUp);
    engine.memory(100);
    engine.dynos().forEach(dyno -> engine.stop(dyno.service()));
    eventually(() -> control.states(schedule).equals(List.of(LOST)));
    at("12:20:00");
    at("12:26:00");
    assertEquals(List.of(MISSED, LOST), control.states(schedule));
    var note = control.schedules.runs(schedule).getFirst().note();
    assertTrue(note.startsWith("There is no room"), note);
  }

  @Test
  void anAppWithoutCodeMissesItsRuns() {
    var empty = control.app("empty");
    var schedule = control.every10Minutes(empty, FOREVER, Overlap.SKIP);
    at("12:10:00");
    assertEquals(List.of(MISSED), control.states(schedule));
    var note = control.schedules.runs(schedule).getFirst().note();
    assertTrue(note.contains("no code has been deployed"), note);
  }

  @Test
  void whatIsDisabledMissesNothing() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.SKIP);
    control.schedules.enable(app.id(), "job-1", false);
    at("13:00:00");
    var again = control.schedules.enable(app.id(), "job-1", true);
    assertEquals(Instant.parse("2026-11-25T13:10:00Z"), again.nextAt());
    control.schedules.look();
    assertEquals(List.of(), control.states(schedule));
  }

  @Test
  void aPersonRunsItWheneverItDoesNotRun() {
    var schedule = control.every10Minutes(app, FOREVER, Overlap.SKIP);
    control.schedules.enable(app.id(), "job-1", false);
    assertTrue(control.schedules.run(app, "job-1").byHand());
    eventually(() -> control.states(schedule).equals(List.of(RUNNING)));
    var refused = assertThrows(UserError.class, () -> control.schedules.run(app, "job-1"));
    assertTrue(refused.problem().sentence().contains("runs already"), refused::toString);
  }

  @Test
  void aScheduleThatIsRemovedRunsNoMoreAndAnAppTakesItsOwnAlong() {
    control.every10Minutes(app, FOREVER, Overlap.SKIP);
    control.every10Minutes(app, FOREVER, Overlap.SKIP);
    control.schedules.remove(app.id(), "job-1");
    at("12:10:00");
    eventually(() -> engine.dynos().size() == 1);
    control.apps.destroy(app.id());
    at("12:20:00");
    assertEquals(1, starts());
    assertThrows(UserError.class, () -> control.schedules.get(app.id(), "job-2"));
  }

  @Test
  void namesAreFreeOrRefused() {
    assertEquals("job-1", control.every10Minutes(app, FOREVER, Overlap.SKIP).name());
    assertEquals("job-2", control.every10Minutes(app, FOREVER, Overlap.SKIP).name());
    control.schedules.remove(app.id(), "job-1");
    assertFalse(control.schedules.list(app.id()).isEmpty());
    assertEquals("job-1", control.every10Minutes(app, FOREVER, Overlap.SKIP).name());
  }

  private void at(String time) {
    clock.set("2026-11-25T" + time + "Z");
    control.schedules.look();
  }

  /// A dyno that is not up two minutes after it was started has failed, and the clock leaps.
  private boolean isUp() {
    return control.says(app, "State changed from starting to up");
  }

  private long starts() {
    return engine.calls().stream().filter(call -> call.startsWith("start")).count();
  }

  /// Another control in place of this one, whose engine fails from a call on as if control had been
  /// killed there.
  private void dieAt(String call, boolean afterIt) {
    control.close();
    control = new Clockwork(home, dying(call, afterIt), clock);
  }

  private void nextControl() {
    control.close();
    control = new Clockwork(home, engine, clock);
    control.oneOffs.resume();
  }

  private Engine dying(String call, boolean afterIt) {
    var dead = new boolean[1];
    return engine((method, arguments) -> {
      var dies = method.getName().equals(call);
      if (dead[0] || (dies && !afterIt)) {
        dead[0] = true;
        throw new IllegalStateException("killed");
      }
      var result = invoke(method, arguments);
      if (dies) {
        dead[0] = true;
        throw new IllegalStateException("killed");
      }
      return result;
    });
  }

  /// What an engine does when it is called.
  @FunctionalInterface
  private interface Behaviour {
    @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable;
  }

  private static Engine engine(Behaviour behaviour) {
    return (Engine)
        Proxy.newProxyInstance(
            Engine.class.getClassLoader(),
            new Class<?>[] {Engine.class},
            (_, method, arguments) -> behaviour.call(method, arguments));
  }

  private @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(engine, arguments);
    } catch (InvocationTargetException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private static void eventually(Callable<Boolean> holds) {
    Await.await("it to be so", LIMIT, holds);
  }
}
