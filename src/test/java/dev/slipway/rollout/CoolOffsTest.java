package dev.slipway.rollout;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.apps.App;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoSpec;
import dev.slipway.observe.LogFilter;
import dev.slipway.observe.LogLine;
import dev.slipway.release.ConfigVars;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.FakeRouter;
import dev.slipway.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// When a dyno that crashes is started again.
@Timeout(60)
class CoolOffsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofMinutes(2);

  private static final Map<String, String> PROCESSES = Map.of("web", "serve", "worker", "work");

  @TempDir Path home;
  private final FakeEngine engine = new FakeEngine();
  private final ManualClock clock = new ManualClock();
  private Control control;
  private FakeRouter router;
  private DynoWatch watch;
  private CoolOffs coolOffs;
  private App app;
  private ServiceName worker;

  @BeforeEach
  void start() throws Exception {
    open();
    app = control.app("orders");
    var first = control.release(app, PROCESSES, ConfigVars.NONE);
    live(first);
    control.want(app, "worker", 1);
    worker = startWorker(first);
    watch = new DynoWatch(engine);
    coolOffs = listening(watch);
  }

  /// As a rollout would have, which takes five seconds to be sure of it.
  private ServiceName startWorker(RolloutRecord rollout) {
    var name = DynoName.of("worker.1");
    var service = ServiceName.of(app.id(), name, 1);
    var release = control.releases().list(app.id()).getLast();
    var dyno =
        new Dyno(
            UUID.randomUUID(),
            app.id(),
            name,
            service,
            release.id(),
            DynoSize.STANDARD_1X,
            DynoStage.LIVE,
            rollout.id(),
            null,
            Instant.now());
    control.store().useTransaction(db -> new DynoStore(control.store()).insert(db, dyno, 1));
    engine.start(
        new DynoSpec(
            service,
            app.id(),
            name,
            release.process(name.type()).orElseThrow().image(),
            "work",
            new TreeMap<>(),
            DynoSize.STANDARD_1X,
            Duration.ofSeconds(1)));
    return service;
  }

  private void open() {
    control = new Control(home, engine, StepObserver.NONE);
    router = new FakeRouter(control.routers());
  }

  private CoolOffs listening(DynoWatch to) {
    var made = new CoolOffs(control.store(), engine, to, control.logs(), clock);
    to.listen(made);
    to.look();
    return made;
  }

  /// As the next control does.
  private void beginAnew() {
    watch = new DynoWatch(engine);
    coolOffs = listening(watch);
  }

  @AfterEach
  void stop() {
    router.close();
    control.close();
  }

  @Test
  void waitsGrowToHerokusLongestAndNoneIsLongerThanIts() {
    var minutes =
        IntStream.rangeClosed(1, 9).mapToObj(CoolOff::after).map(Duration::toMinutes).toList();
    assertEquals(List.of(0L, 1L, 5L, 20L, 60L, 180L, 320L, 320L, 320L), minutes);
    assertEquals(Duration.ZERO, CoolOff.after(0));
  }

  @Test
  void theFirstCrashIsTheEnginesToMend() {
    crash(worker, SHORT);
    assertFalse(engine.isPaused(worker));
    assertEquals(1, view("worker.1").crashes());
    assertTrue(log().contains("State changed from crashed to starting"), log()::toString);
  }

  @Test
  void aSecondCrashInARowIsHeldBackAndSaysUntilWhen() {
    crash(worker, SHORT);
    engine.startAgain(worker);
    crash(worker, SHORT);
    assertTrue(engine.isPaused(worker));
    var view = view("worker.1");
    assertEquals("crashed", view.state());
    assertEquals(clock.instant(), view.updatedAt());
    assertEquals(clock.instant().plusSeconds(60), view.startsAt());
    assertTrue(
        log()
            .contains(
                "Starts again at 2026-11-25T12:01:06Z, after crash 2 in a row"
                    + " (heroku ps:restart worker.1 starts it now)"),
        log()::toString);
    pass(Duration.ofSeconds(59));
    assertTrue(engine.isPaused(worker));
    pass(Duration.ofSeconds(1));
    assertFalse(engine.isPaused(worker));
    assertEquals("up", view("worker.1").state());
    assertEquals(2, view("worker.1").crashes());
  }

  @Test
  void eachFurtherCrashInARowWaitsLonger() {
    crash(worker, SHORT);
    for (var wait : List.of(1, 5, 20)) {
      crash(worker, SHORT);
      assertEquals(clock.instant().plus(Duration.ofMinutes(wait)), view("worker.1").startsAt());
      pass(Duration.ofMinutes(wait));
      assertFalse(engine.isPaused(worker));
    }
  }

  @Test
  void aDynoThatRanForAMinuteBeginsAnew() {
    crash(worker, SHORT);
    crash(worker, SHORT);
    pass(Duration.ofMinutes(1));
    crash(worker, LONG);
    assertFalse(engine.isPaused(worker));
    crash(worker, SHORT);
    assertTrue(engine.isPaused(worker));
    assertEquals(4, view("worker.1").crashes());
  }

  @Test
  void aCrashThatIsToldTwiceCountsOnce() {
    crash(worker, SHORT);
    coolOffs.changed(List.of(new DynoWatch.Change(null, watch.state(worker).orElseThrow())));
    coolOffs.pass();
    assertEquals(1, view("worker.1").crashes());
  }

  @Test
  void aDynoThatRunsAgainIsNotEndedForACrash() {
    crash(worker, SHORT);
    clock.pass(LONG);
    engine.crash(worker, SHORT, clock.instant());
    engine.startAgain(worker);
    watch.look();
    coolOffs.pass();
    assertFalse(engine.calls().contains("pause " + worker));
    assertEquals(2, view("worker.1").crashes());
  }

  @Test
  void theNextControlGoesOnWithACoolOff() {
    crash(worker, SHORT);
    crash(worker, SHORT);
    stop();
    open();
    beginAnew();
    pass(Duration.ofSeconds(30));
    assertTrue(engine.isPaused(worker));
    assertEquals("crashed", view("worker.1").state());
    pass(Duration.ofSeconds(30));
    assertFalse(engine.isPaused(worker));
  }

  @Test
  void whatWasWrittenDownAndNotDoneIsDoneByTheNextControl() {
    crash(worker, SHORT);
    crash(worker, SHORT);
    engine.resume(worker); // as if it had never been paused
    engine.crash(worker, SHORT, clock.instant());
    beginAnew();
    coolOffs.pass();
    assertTrue(engine.isPaused(worker));
  }

  @Test
  void scalingStartsItAtOnceAndBeginsAnew() throws Exception {
    crash(worker, SHORT);
    crash(worker, SHORT);
    live(control.change(app, Reason.SCALE, new DynoSelection.All()));
    clock.set(Instant.now().plusSeconds(1).toString());
    coolOffs.pass();
    assertFalse(engine.isPaused(worker));
    crash(worker, SHORT);
    assertFalse(engine.isPaused(worker));
  }

  @Test
  void aRestartReplacesItAtOnce() throws Exception {
    crash(worker, SHORT);
    crash(worker, SHORT);
    live(control.change(app, Reason.RESTART, new DynoSelection.One(DynoName.of("worker.1"))));
    assertTrue(engine.calls().contains("stop " + worker));
    assertEquals("up", view("worker.1").state());
    assertEquals(0, view("worker.1").crashes());
  }

  @Test
  void aDeployThatFailsLeavesTheCoolOffAsItWas() throws Exception {
    crash(worker, SHORT);
    crash(worker, SHORT);
    var until = view("worker.1").startsAt();
    engine.crash(dyno -> dyno.service().value().endsWith("-g2"));
    var rollout = control.release(app, PROCESSES, ConfigVars.NONE);
    assertInstanceOf(RolloutOutcome.Failed.class, control.await(rollout, LIMIT));
    assertEquals(until, view("worker.1").startsAt());
    assertTrue(engine.isPaused(worker));
  }

  @Test
  void theOnlyWebDynoWaitsForAMinuteAtTheMost() {
    var web = service("web.1");
    crash(web, SHORT);
    for (var time = 0; time < 4; time++) {
      crash(web, SHORT);
      assertEquals(clock.instant().plusSeconds(60), view("web.1").startsAt());
      pass(Duration.ofMinutes(1));
    }
  }

  @Test
  void aWebDynoBesideAnotherWaitsAsAnyOther() throws Exception {
    control.want(app, "web", 2);
    live(control.change(app, Reason.SCALE, new DynoSelection.All()));
    watch.look();
    var web = service("web.1");
    crash(web, SHORT);
    crash(web, SHORT);
    pass(Duration.ofMinutes(1));
    crash(web, SHORT);
    assertEquals(clock.instant().plus(Duration.ofMinutes(5)), view("web.1").startsAt());
  }

  @Test
  void noWebDynoIsHeldBackWhileARolloutIsUnderWay() throws Exception {
    var web = service("web.1");
    crash(web, SHORT);
    engine.startAgain(web);
    router.miss(_ -> true);
    var rollout = control.release(app, PROCESSES, ConfigVars.NONE);
    await(() -> control.names(app).size() == 4);
    crash(web, SHORT);
    crash(worker, SHORT);
    crash(worker, SHORT);
    assertFalse(engine.isPaused(web));
    assertTrue(engine.isPaused(worker));
    router.miss(_ -> false);
    live(rollout);
  }

  @Test
  void anEngineThatIsAwayIsToldLater() {
    crash(worker, SHORT);
    engine.failPauses(1);
    crash(worker, SHORT);
    assertFalse(engine.isPaused(worker));
    assertEquals("crashed", view("worker.1").state());
    coolOffs.pass();
    assertTrue(engine.isPaused(worker));
  }

  private void crash(ServiceName service, Duration lived) {
    clock.pass(lived.plusMillis(1));
    engine.crash(service, lived, clock.instant());
    watch.look();
    coolOffs.pass();
  }

  private void pass(Duration time) {
    clock.pass(time);
    coolOffs.pass();
    watch.look();
  }

  private ServiceName service(String name) {
    return new DynoStore(control.store())
        .of(app.id()).stream()
            .filter(dyno -> dyno.name().equals(DynoName.of(name)))
            .map(Dyno::service)
            .findFirst()
            .orElseThrow();
  }

  private DynoView view(String name) {
    return control.dynos(app).stream()
        .filter(dyno -> dyno.name().equals(DynoName.of(name)))
        .findFirst()
        .orElseThrow();
  }

  private List<String> log() {
    return control.logs().recent(app.id(), LogFilter.ALL, 100).stream().map(LogLine::text).toList();
  }

  private void live(RolloutRecord rollout) throws Exception {
    assertInstanceOf(RolloutOutcome.Live.class, control.await(rollout, LIMIT));
    await(() -> new RolloutStore(control.store(), clock).unfinished().isEmpty());
  }
}
