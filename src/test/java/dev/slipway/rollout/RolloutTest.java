package dev.slipway.rollout;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.apps.App;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ServiceName;
import dev.slipway.core.UserError;
import dev.slipway.engine.Engine.HostMemory;
import dev.slipway.observe.LogFilter;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.router.AppRoutes;
import dev.slipway.router.DynoRoute;
import dev.slipway.router.RouteTable;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.FakeRouter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The rollout's steps on a fake engine and a fake router: what starts, what stops, in which order,
/// and what a failure or a kill leaves behind.
@Timeout(60)
class RolloutTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long MEGABYTE = 1024L * 1024L;
  private static final Map<String, String> WEB = Map.of("web", "serve");

  @TempDir Path home;
  private final FakeEngine engine = new FakeEngine();
  private Control control;
  private FakeRouter router;

  @BeforeEach
  void start() {
    control = new Control(home, engine, StepObserver.NONE);
    router = new FakeRouter(control.routers());
  }

  @AfterEach
  void stop() {
    router.close();
    control.close();
  }

  @Test
  void theFirstReleaseGoesLiveAndIsRouted() throws Exception {
    var app = control.app("orders");
    live(control.release(app, WEB, ConfigVars.NONE));
    assertEquals(List.of(DynoName.of("web.1")), control.names(app));
    assertEquals(1, routes(app).dynos().size());
    assertEquals(List.of("orders.localhost"), routes(app).hosts());
    assertEquals(ReleaseStatus.SUCCEEDED, newest(app).status());
  }

  @Test
  void aReleaseReplacesEveryDynoAndDrainsBeforeItStopsAny() throws Exception {
    var app = control.app("orders");
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 3);
    live(control.change(app, Reason.SCALE, new DynoSelection.All()));
    var second = control.release(app, WEB, ConfigVars.NONE);
    live(second);
    done(second);
    assertEquals(3, control.names(app).size());
    assertTrue(
        routes(app).dynos().stream().allMatch(dyno -> dyno.service().value().endsWith("-g3")));
    var calls = engine.calls();
    assertTrue(
        calls.lastIndexOf("start " + service(app, "web.3", 3))
            < calls.indexOf("stop " + service(app, "web.1", 1)),
        () -> "an old dyno stopped before the last new one started: " + calls);
  }

  @Test
  void anImageIsPulledOnceAheadOfItsDynos() throws Exception {
    var app = control.app("orders");
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 3);
    live(control.change(app, Reason.SCALE, new DynoSelection.All()));
    assertEquals(1, engine.pulls().size());
  }

  @Test
  void aHostThatDoesNotPullIsToldAndFailsNothing() throws Exception {
    engine.failPulls();
    var app = control.app("orders");
    live(control.release(app, WEB, ConfigVars.NONE));
    var told = "Release v2: Host host-1 has not pulled the image ahead: its agent is silent";
    assertTrue(
        control.logs().recent(app.id(), LogFilter.ALL, 100).stream()
            .anyMatch(line -> line.text().equals(told)));
  }

  @Test
  void scalingTouchesOnlyTheDynosThatItConcerns() throws Exception {
    var app = control.app("orders");
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 3);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    control.want(app, "web", 2);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    assertEquals(List.of(DynoName.of("web.1"), DynoName.of("web.2")), control.names(app));
    var stops = engine.calls().stream().filter(call -> call.startsWith("stop")).toList();
    assertEquals(List.of("stop " + service(app, "web.3", 2)), stops);
  }

  /// As after a restore of control's state on another machine.
  @Test
  void aRestartBringsUpAnAppWhoseDynosTheEngineDoesNotHave() throws Exception {
    var app = control.app("orders");
    live(control.release(app, WEB, ConfigVars.NONE));
    router.close();
    control.close();
    var empty = new FakeEngine();
    control = new Control(home, empty, StepObserver.NONE);
    router = new FakeRouter(control.routers());
    done(control.change(app, Reason.RESTART, new DynoSelection.All()));
    assertEquals(List.of(DynoName.of("web.1")), control.names(app));
    assertEquals(1, empty.dynos().size());
    assertEquals(1, routes(app).dynos().size());
  }

  @Test
  void aRestartReplacesTheChosenDynoOnly() throws Exception {
    var app = control.app("orders");
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 2);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    done(control.change(app, Reason.RESTART, new DynoSelection.One(DynoName.of("web.2"))));
    var stops = engine.calls().stream().filter(call -> call.startsWith("stop")).toList();
    assertEquals(List.of("stop " + service(app, "web.2", 2)), stops);
    assertEquals(2, control.names(app).size());
  }

  @Test
  void aCrashAtBootFailsTheReleaseAndLeavesTheOldDynosServing() throws Exception {
    var app = control.app("orders");
    done(control.release(app, WEB, ConfigVars.NONE));
    engine.crash(dyno -> dyno.service().value().endsWith("-g2"));
    var failed = failed(control.release(app, WEB, ConfigVars.NONE));
    assertTrue(failed.problem().contains("crashed at boot"), failed.problem());
    assertTrue(failed.problem().contains("the last words"), failed.problem());
    assertEquals(ReleaseStatus.FAILED, newest(app).status());
    assertEquals(service(app, "web.1", 1), routes(app).dynos().getFirst().service());
    assertTrue(engine.isGone(service(app, "web.1", 2)));
  }

  @Test
  void whyAReleaseFailedNamesNoSecret() throws Exception {
    var app = control.app("orders");
    engine.crash(dyno -> true);
    var secret = "the last words";
    var failed = failed(control.release(app, WEB, ConfigVars.NONE.with(Map.of("TOKEN", secret))));
    assertTrue(failed.problem().contains("[REDACTED]"), failed.problem());
    assertTrue(!failed.problem().contains(secret), failed.problem());
  }

  @Test
  void anAppThatNeverListensFailsWithHerokusWords() throws Exception {
    var app = control.app("orders");
    router.miss(dyno -> true);
    var quick = ConfigVars.NONE.with(Map.of("SLIPWAY_BOOT_TIMEOUT", "1"));
    var failed = failed(control.release(app, WEB, quick));
    assertTrue(failed.problem().contains("Error R10 (Boot timeout)"), failed.problem());
    assertTrue(failed.problem().contains("Nothing in it listens"), failed.problem());
  }

  @Test
  void aReleasePhaseThatFailsStopsBeforeAnyDyno() throws Exception {
    var app = control.app("orders");
    var failed =
        failed(control.release(app, Map.of("web", "serve", "release", "exit 3"), ConfigVars.NONE));
    assertTrue(failed.problem().contains("release command failed with status 3"));
    assertTrue(engine.calls().stream().noneMatch(call -> call.contains("-web-")));
  }

  @Test
  void whereMemoryIsShortDynosAreReplacedInBatches() throws Exception {
    var app = control.app("orders");
    engine.memory(4 * DynoSize.STANDARD_1X.memoryBytes());
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 3);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    done(control.release(app, WEB, ConfigVars.NONE));
    assertEquals(3, control.names(app).size());
    assertTrue(
        routes(app).dynos().stream().allMatch(dyno -> dyno.service().value().endsWith("-g3")));
    assertTrue(
        router.tables().stream()
            .skip(tablesUntil(app, 3))
            .allMatch(table -> dynosIn(table, app).size() >= 3),
        "at some point fewer than three dynos served");
  }

  @Test
  void aHostThatIsFullIsSaidToBeFull() throws Exception {
    var app = control.app("orders");
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 3);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    engine.memory((3 * 512 + 300) * MEGABYTE);
    var failed = failed(control.release(app, WEB, ConfigVars.NONE));
    assertTrue(
        failed.problem().contains("3 x 512 MB needed, the largest free piece is 300 MB"),
        failed.problem());
  }

  @Test
  void piecesOfSeveralHostsAreNoPlaceForOneDyno() throws Exception {
    var app = control.app("orders");
    engine.hosts(host(null, 400), host(null, 400));
    var failed = failed(control.release(app, WEB, ConfigVars.NONE));
    assertTrue(
        failed.problem().contains("1 x 512 MB needed, the largest free piece is 400 MB"),
        failed.problem());
  }

  @Test
  void hostsWithRoomForOneMoreTakeTwoInTwoBatches() throws Exception {
    var app = control.app("orders");
    engine.hosts(host(null, 900), host(null, 900), host(null, 900));
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 2);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    // One host has room for one: 900 MB on each, 512 MB taken on two of them.
    done(control.release(app, WEB, ConfigVars.NONE));
    assertEquals(2, control.names(app).size());
    var states = engine.dynos(app.id());
    assertTrue(states.stream().allMatch(state -> state.running()), states::toString);
  }

  @Test
  void roomIsSoughtInTheDynosPoolOnly() throws Exception {
    var app = control.app("orders");
    engine.hosts(host("front", 200), host("batch", 4000));
    var front = ConfigVars.NONE.with(Map.of("SLIPWAY_POOLS", "web=front"));
    var failed = failed(control.release(app, WEB, front));
    assertTrue(
        failed
            .problem()
            .contains(
                "1 x 512 MB needed in the pool front, the largest free piece there is 200 MB"),
        failed.problem());
    var none = ConfigVars.NONE.with(Map.of("SLIPWAY_POOLS", "web=none"));
    var nowhere = failed(control.release(app, WEB, none));
    assertTrue(
        nowhere.problem().contains("in the pool none, where no host takes dynos"),
        nowhere.problem());
    var batch = ConfigVars.NONE.with(Map.of("SLIPWAY_POOLS", "web=batch"));
    live(control.release(app, WEB, batch));
  }

  @Test
  void aReleasePhaseWithoutRoomIsNotTriedForEver() throws Exception {
    var app = control.app("orders");
    engine.hosts(new HostMemory(true, true, null, 100 * MEGABYTE), host(null, 4000));
    var failed =
        failed(control.release(app, Map.of("web", "serve", "release", "exit 0"), ConfigVars.NONE));
    assertTrue(
        failed.problem().contains("needs 512 MB, the host that it runs on has 100 MB free"),
        failed.problem());
  }

  private static HostMemory host(@Nullable String pool, int megabytes) {
    return new HostMemory(true, false, pool, megabytes * MEGABYTE);
  }

  @Test
  void aReleaseThatFailsHalfWayForWantOfMemoryIsTakenBack() throws Exception {
    var app = control.app("orders");
    engine.memory(3 * DynoSize.STANDARD_1X.memoryBytes());
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 2);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    engine.crash(dyno -> dyno.service().equals(service(app, "web.2", 3)));
    failed(control.release(app, WEB, ConfigVars.NONE));
    await(() -> control.dynos(app).stream().allMatch(dyno -> dyno.releaseVersion().value() == 2));
  }

  @Test
  void aSingletonNeverRunsTwice() throws Exception {
    var app = control.app("orders");
    var types = Map.of("web", "serve", "clock", "tick");
    done(control.release(app, types, ConfigVars.NONE));
    control.want(app, "clock", 1);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    done(control.release(app, types, ConfigVars.NONE));
    var calls = engine.calls();
    assertTrue(
        calls.indexOf("stop " + service(app, "clock.1", 2))
            < calls.indexOf("start " + service(app, "clock.1", 3)),
        calls::toString);
    assertEquals(2, control.names(app).size());
  }

  @ParameterizedTest
  @EnumSource(names = {"PHASE", "START", "READY", "SWITCH", "DRAIN", "STOP", "RECEIPT"})
  void killedAtAnyStepItIsTakenUpAndEndsLive(Step step) throws Exception {
    var app = control.app("orders");
    done(control.release(app, WEB, ConfigVars.NONE));
    control.close();
    router.close();
    var reached = new CountDownLatch(1);
    var killed =
        new Control(
            home,
            engine,
            rollout -> {
              if (rollout.step() == step) {
                reached.countDown();
                waitForEver();
              }
            });
    try (killed;
        var _ = new FakeRouter(killed.routers())) {
      killed.release(app, Map.of("web", "serve", "release", "exit 0"), ConfigVars.NONE);
      assertTrue(reached.await(20, java.util.concurrent.TimeUnit.SECONDS));
    }
    start();
    await(() -> newest(app).status() == ReleaseStatus.SUCCEEDED);
    await(() -> control.receipts().list(app.id()).size() == 2);
    assertEquals(List.of(DynoName.of("web.1")), control.names(app));
    // A control that has just started has no table before it has looked at the dynos; a receipt
    // needs none.
    await(() -> control.routers().table().isPresent());
    assertEquals(service(app, "web.1", 2), routes(app).dynos().getFirst().service());
    assertTrue(engine.isGone(service(app, "web.1", 1)));
    assertRanOnce("release-3");
  }

  @Test
  void anEngineThatIsAwayForAMomentCostsOnlyThatMoment() throws Exception {
    var app = control.app("orders");
    engine.memory(4 * DynoSize.STANDARD_1X.memoryBytes());
    live(control.release(app, WEB, ConfigVars.NONE));
    control.want(app, "web", 2);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    engine.failStarts(1);
    done(control.release(app, WEB, ConfigVars.NONE));
    assertEquals(2, control.names(app).size());
  }

  private void assertRanOnce(String process) {
    var calls = engine.calls();
    var starts = calls.stream().filter(call -> call.startsWith("start") && call.contains(process));
    assertTrue(starts.count() >= 1, calls::toString);
    var firstStop = -1;
    var lastStart = -1;
    for (var i = 0; i < calls.size(); i++) {
      if (calls.get(i).contains(process)) {
        lastStart = calls.get(i).startsWith("start") ? i : lastStart;
        firstStop = calls.get(i).startsWith("stop") && firstStop < 0 ? i : firstStop;
      }
    }
    assertTrue(lastStart < firstStop, () -> "it was started again after it was removed: " + calls);
  }

  @Test
  void everyRolloutLeavesAReceipt() throws Exception {
    var app = control.app("orders");
    done(control.release(app, WEB, ConfigVars.NONE));
    var receipt = control.receipts().latest(app.id()).orElseThrow();
    assertEquals(2, receipt.release());
    assertEquals(0, receipt.lost());
    assertTrue(receipt.seconds().keySet().containsAll(List.of("start", "ready", "switch")));
  }

  @Test
  void aReceiptTellsOfEachProcessTypeWhatCameAndWentAndHowItEnded() throws Exception {
    var app = control.app("orders");
    var processes = Map.of("web", "serve", "worker", "stubborn", "mail", "send");
    live(control.release(app, processes, config("SLIPWAY_STOP_TIMEOUT", "30,worker=1")));
    control.want(app, "worker", 2);
    control.want(app, "mail", 1);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    assertEquals(List.of("mail: 1 run, 1 started", "worker: 2 run, 2 started"), receiptWords(app));
    control.want(app, "worker", 1);
    done(control.change(app, Reason.SCALE, new DynoSelection.All()));
    await(() -> receiptWords(app).getFirst().contains("killed"));
    var receipt = control.receipts().latest(app.id()).orElseThrow();
    assertEquals(1, receipt.processes().size());
    var worker = receipt.processes().getFirst();
    assertEquals(1, worker.stopped());
    assertEquals(0, worker.ending());
    assertEquals("worker.2", worker.killed().getFirst().dyno());
    assertTrue(worker.longestStop() >= 1 && worker.longestStop() < 5, worker::words);
    var told = control.logs().recent(app.id(), LogFilter.ALL, 100);
    for (var line :
        List.of(
            "Error R12 (Exit timeout) -> At least one process failed to exit within 1 seconds of SIGTERM",
            "Stopping remaining processes with SIGKILL",
            "Process exited with status 137")) {
      assertTrue(told.stream().anyMatch(each -> each.text().equals(line)), line);
    }
    done(control.change(app, Reason.RESTART, new DynoSelection.All()));
    var mail = receiptWords(app).getFirst();
    assertTrue(mail.startsWith("mail: 1 run, 1 restarted"), mail);
  }

  private List<String> receiptWords(App app) {
    return control.receipts().latest(app.id()).orElseThrow().processes().stream()
        .map(ProcessReceipt::words)
        .toList();
  }

  @Test
  void aReceiptOfAnEarlierVersionIsStillRead() throws Exception {
    var app = control.app("orders");
    done(control.release(app, WEB, ConfigVars.NONE));
    control
        .store()
        .useTransaction(
            db -> db.execute("UPDATE rollouts SET receipt = json_remove(receipt, '$.processes')"));
    assertEquals(List.of(), control.receipts().latest(app.id()).orElseThrow().processes());
  }

  @Test
  void settingsThatCannotBeUsedAreRefused() {
    assertRefused("SLIPWAY_BOOT_TIMEOUT", "soon");
    assertRefused("SLIPWAY_STOP_TIMEOUT", "worker=soon");
    assertRefused("SLIPWAY_STOP_TIMEOUT", "30,worker=86401");
    assertRefused("SLIPWAY_POOLS", "web");
    assertRefused("SLIPWAY_POOLS", "web=Front Row");
  }

  private static void assertRefused(String name, String value) {
    var config = ConfigVars.NONE.with(Map.of(name, value));
    var error = assertThrows(UserError.class, () -> AppSettings.of(config));
    assertEquals(ErrorCode.INVALID_PARAMS, error.problem().code());
  }

  @Test
  void processTypesHaveGracesOfTheirOwn() {
    var graces = AppSettings.of(config("SLIPWAY_STOP_TIMEOUT", "20, worker=120")).graces();
    assertEquals(Duration.ofMinutes(2), graces.of(new ProcessType("worker")));
    assertEquals(Duration.ofSeconds(20), graces.of(ProcessType.WEB));
    var one = AppSettings.of(config("SLIPWAY_STOP_TIMEOUT", "worker=120")).graces();
    assertEquals(Duration.ofSeconds(30), one.of(ProcessType.WEB));
    assertEquals(
        new Graces(Duration.ofSeconds(30), Map.of()), AppSettings.of(ConfigVars.NONE).graces());
  }

  private static ConfigVars config(String name, String value) {
    return ConfigVars.NONE.with(Map.of(name, value));
  }

  @Test
  void processTypesAreTiedToPools() {
    var config = ConfigVars.NONE.with(Map.of("SLIPWAY_POOLS", "web=front, worker=batch,"));
    assertEquals(
        Map.of(new ProcessType("web"), "front", new ProcessType("worker"), "batch"),
        AppSettings.of(config).pools());
    assertEquals(Map.of(), AppSettings.of(ConfigVars.NONE).pools());
  }

  private void live(RolloutRecord rollout) throws Exception {
    var outcome = control.await(rollout, LIMIT);
    assertInstanceOf(RolloutOutcome.Live.class, outcome, outcome::toString);
  }

  private void done(RolloutRecord rollout) throws Exception {
    live(rollout);
    await(() ->
        control.receipts().list(rollout.app()).stream()
            .anyMatch(receipt -> receipt.rollout().equals(rollout.id())));
  }

  private RolloutOutcome.Failed failed(RolloutRecord rollout) throws Exception {
    return assertInstanceOf(RolloutOutcome.Failed.class, control.await(rollout, LIMIT));
  }

  private Release newest(App app) {
    return control.releases().list(app.id()).getLast();
  }

  private AppRoutes routes(App app) {
    return control.routers().table().orElseThrow().apps().stream()
        .filter(routes -> routes.app().equals(app.id()))
        .findFirst()
        .orElseThrow();
  }

  private long tablesUntil(App app, int dynos) {
    return router.tables().stream().takeWhile(table -> dynosIn(table, app).size() < dynos).count();
  }

  private static List<DynoRoute> dynosIn(RouteTable table, App app) {
    return table.apps().stream()
        .filter(routes -> routes.app().equals(app.id()))
        .flatMap(routes -> routes.dynos().stream())
        .toList();
  }

  private static ServiceName service(App app, String dyno, long generation) {
    return ServiceName.of(app.id(), DynoName.of(dyno), generation);
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
