package dev.slipway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RoutersTest {
  private static final RouterId ONE = new RouterId("one");
  private static final RouterId TWO = new RouterId("two");
  private static final AppId APP = AppId.random();
  private static final ServiceName OLD = new ServiceName("x-web-1-g1");
  private static final ServiceName NEW = new ServiceName("x-web-1-g2");
  private static final Duration AT_ONCE = Duration.ZERO;

  private final AtomicLong clock = new AtomicLong();
  private final Routers routers = new Routers(7, clock::get);
  private long sequence;

  @Test
  void nothingIsGivenOutBeforeTheFirstPublish() throws Exception {
    assertEquals(Optional.empty(), routers.poll(ONE, new TableVersion(6, 9), AT_ONCE));
    var version = routers.publish(List.of());
    assertEquals(
        version, routers.poll(ONE, new TableVersion(6, 9), AT_ONCE).orElseThrow().version());
    assertEquals(Optional.empty(), routers.poll(ONE, version, AT_ONCE));
  }

  @Test
  void aWaitingPollIsAnsweredByPublish() throws Exception {
    var poll =
        CompletableFuture.supplyAsync(() -> {
          try {
            return routers.poll(ONE, TableVersion.NONE, Duration.ofSeconds(10));
          } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
          }
        });
    while (routers.live().isEmpty()) {
      Thread.onSpinWait();
    }
    var version = routers.publish(List.of(app(OLD)));
    assertEquals(version, poll.get().orElseThrow().version());
  }

  @Test
  void theSameRoutesAreNoNewVersion() {
    var version = routers.publish(List.of(app(OLD)));
    assertEquals(version, routers.publish(List.of(app(OLD))));
    assertNotEquals(version, routers.publish(List.of(app(NEW))));
  }

  @Test
  void everyLiveRouterMustAcknowledge() throws Exception {
    var version = routers.publish(List.of(app(OLD)));
    report(ONE, version, Map.of(), Map.of());
    report(TWO, TableVersion.NONE, Map.of(), Map.of());
    assertEquals(Set.of(TWO), routers.awaitAcknowledged(version, AT_ONCE));
    clock.addAndGet(Duration.ofSeconds(14).toNanos());
    report(ONE, version, Map.of(), Map.of());
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    assertEquals(Set.of(ONE), routers.live());
    assertEquals(Set.of(), routers.awaitAcknowledged(version, AT_ONCE));
  }

  @Test
  void anotherControlsNumberIsNoAcknowledgement() throws Exception {
    var version = routers.publish(List.of(app(OLD)));
    report(ONE, new TableVersion(6, 100), Map.of(), Map.of());
    assertEquals(Set.of(ONE), routers.awaitAcknowledged(version, AT_ONCE));
  }

  @Test
  void aDynoIsIdleOnlyAfterTheTableWithoutItIsInUse() throws Exception {
    var before = routers.publish(List.of(app(OLD)));
    report(ONE, before, Map.of(), Map.of());
    var after = routers.publish(List.of(app(NEW)));
    assertFalse(routers.awaitIdle(Set.of(OLD), after, AT_ONCE));
    report(ONE, after, Map.of(OLD, 2), Map.of());
    assertEquals(2, routers.inFlight(Set.of(OLD, NEW)));
    assertFalse(routers.awaitIdle(Set.of(OLD), after, AT_ONCE));
    report(ONE, after, Map.of(), Map.of());
    assertTrue(routers.awaitIdle(Set.of(OLD), after, AT_ONCE));
  }

  @Test
  void aCandidateIsReachableWhenAllSaySo() {
    assertInstanceOf(Reachability.Unknown.class, routers.reachability(NEW));
    report(ONE, TableVersion.NONE, Map.of(), Map.of(NEW, "ok"));
    assertInstanceOf(Reachability.Reachable.class, routers.reachability(NEW));
    report(TWO, TableVersion.NONE, Map.of(), Map.of());
    assertInstanceOf(Reachability.Unknown.class, routers.reachability(NEW));
    report(TWO, TableVersion.NONE, Map.of(), Map.of(NEW, "connection refused"));
    assertEquals(
        new Reachability.Unreachable("connection refused (router two)"), routers.reachability(NEW));
  }

  @Test
  void aRouterThatLeavesIsAnotherThanItsSuccessorUntilItSaysGoodBye() throws Exception {
    var leaving = new RouterId("one", true);
    var version = routers.publish(List.of(app(NEW)));
    report(ONE, version, Map.of(), Map.of(NEW, "ok"));
    report(leaving, version, Map.of(OLD, 1), Map.of());
    assertEquals(Set.of(ONE, leaving), routers.live());
    assertInstanceOf(Reachability.Reachable.class, routers.reachability(NEW));
    assertFalse(routers.awaitIdle(Set.of(OLD), version, AT_ONCE));
    routers.report(
        leaving,
        new RouterReport("boot", 9, 0, TableVersion.NONE, Map.of(), Map.of(), List.of(), 0));
    assertEquals(Set.of(ONE), routers.live());
    assertTrue(routers.awaitIdle(Set.of(OLD), version, AT_ONCE));
  }

  @Test
  void aLateGoodByeOfAnEarlierRunIsNotTheNextOnes() throws Exception {
    var version = routers.publish(List.of(app(NEW)));
    report(ONE, version, Map.of(NEW, 1), Map.of());
    routers.report(
        ONE, new RouterReport("earlier", 9, 0, version, Map.of(), Map.of(), List.of(), 0));
    assertEquals(Set.of(ONE), routers.live());
    assertEquals(1, routers.inFlight(Set.of(NEW)));
  }

  @Test
  void aPollThatEndsAfterTheGoodByeTakesNobodyIn() throws Exception {
    var version = routers.publish(List.of(app(OLD)));
    var poll =
        CompletableFuture.supplyAsync(() -> {
          try {
            return routers.poll(ONE, version, Duration.ofSeconds(10));
          } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
          }
        });
    while (routers.live().isEmpty()) {
      Thread.onSpinWait();
    }
    report(ONE, version, Map.of(), Map.of());
    routers.report(ONE, new RouterReport("boot", 9, 0, version, Map.of(), Map.of(), List.of(), 0));
    routers.publish(List.of(app(NEW)));
    assertTrue(poll.get().isPresent());
    assertEquals(Set.of(), routers.live());
  }

  @Test
  void changesWakeWhoeverWaits() throws Exception {
    var revision = routers.revision();
    assertFalse(routers.awaitChange(revision, AT_ONCE));
    report(ONE, TableVersion.NONE, Map.of(), Map.of(NEW, "ok"));
    assertTrue(routers.awaitChange(revision, AT_ONCE));
  }

  @Test
  void figuresAddUpAndAReportSentTwiceCountsOnce() {
    var counted = new RouterReport.Counted(APP, Optional.of(OLD), figures(3));
    var report =
        new RouterReport("b", 1, 2, TableVersion.NONE, Map.of(), Map.of(), List.of(counted), 0);
    routers.report(ONE, report);
    routers.report(ONE, report);
    routers.report(TWO, report);
    assertEquals(6, routers.figures(APP).requests());
    assertEquals(6, routers.figures(OLD).requests());
    assertEquals(6, routers.figures(APP).latency().count());
    assertEquals(3, routers.figures(APP).minus(figures(3)).requests());
    assertEquals(Figures.NONE, routers.figures(NEW));
  }

  private void report(
      RouterId router,
      TableVersion acknowledged,
      Map<ServiceName, Integer> inFlight,
      Map<ServiceName, String> probes) {
    routers.report(
        router,
        new RouterReport("boot", ++sequence, 2, acknowledged, inFlight, probes, List.of(), 0));
  }

  private static Figures figures(long requests) {
    return new Figures(
        requests,
        0,
        10,
        new TreeMap<>(Map.of(2, requests)),
        new TreeMap<>(),
        new Latency(new TreeMap<>(Map.of(5, requests))));
  }

  private static AppRoutes app(ServiceName dyno) {
    return new AppRoutes(
        APP,
        new AppName("orders"),
        List.of("Orders.localhost"),
        false,
        1,
        List.of(new DynoRoute(dyno, DynoName.of("web.1"), "10.0.0.2", 5000)),
        List.of(),
        null);
  }
}
