package dev.slipway.router;

import static dev.slipway.router.RouterFixture.app;
import static dev.slipway.router.RouterFixture.id;
import static dev.slipway.router.RouterFixture.route;
import static dev.slipway.router.TestDyno.answer;
import static dev.slipway.router.TestDyno.bytes;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ServiceName;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Tables and workers that are replaced while requests are in flight.
@Tag("docker")
class RouterDrainIT extends OneRouter {
  @Test
  void aSwitchUnderLoadLosesNothingAndIsKnownAtOnce() throws Exception {
    try (var old = TestDyno.slow("old", 20);
        var fresh = TestDyno.slow("new", 20)) {
      var before = app("orders", route("orders-web-1-g1", old.port()));
      var after = app("orders", route("orders-web-1-g2", fresh.port()));
      var gone = Set.of(new ServiceName("orders-web-1-g1"));
      router.publish(before);
      var load = new Load(port, "orders.localhost", 16);
      Thread.sleep(500);
      var start = System.nanoTime();
      var version = router.routers.publish(List.of(after));
      assertEquals(Set.of(), router.routers.awaitAcknowledged(version, Duration.ofSeconds(5)));
      var acknowledged = (System.nanoTime() - start) / 1_000_000;
      assertTrue(router.routers.awaitIdle(gone, version, Duration.ofSeconds(5)));
      var idle = (System.nanoTime() - start) / 1_000_000;
      var last = old.requests.get();
      old.stop();
      Thread.sleep(500);
      load.stop();
      System.out.println("acknowledged after " + acknowledged + " ms, idle after " + idle + " ms");
      assertEquals(List.of(), load.problems());
      assertEquals(last, old.requests.get());
      assertTrue(fresh.requests.get() > 0);
      assertTrue(idle < 500, "idle after " + idle + " ms");
      await(
          "the figures", () -> router.routers.figures(id("orders")).requests() >= load.done.get());
      assertEquals(0, router.routers.figures(id("orders")).lost());
      assertTrue(router.routers.figures(id("orders")).latency().p50() >= 19);
    }
  }

  @Test
  void manyTablesUnderLoadLoseNothingAndLeaveNothing() throws Exception {
    try (var dyno = TestDyno.slow("ok", 1)) {
      router.publish(crowd(0, dyno.port()));
      var load = new Load(port, "crowd0.localhost", 8);
      var before = 0L;
      for (var generation = 1; generation <= 400; generation++) {
        router.publish(crowd(generation, dyno.port()));
        if (generation == 100) {
          before = workersMemory();
        }
      }
      var grown = workersMemory() - before;
      load.stop();
      assertEquals(List.of(), load.problems());
      assertEquals(load.done.get(), dyno.requests.get());
      await(
          "the figures", () -> router.routers.figures(id("crowd0")).requests() == load.done.get());
      assertEquals(0, router.routers.figures(id("crowd0")).lost());
      // A table kept is 30 KB, its dynos' counters 200 KB: 300 of them would be 70 MB per worker.
      assertTrue(grown < 16_000, "the workers grew by " + grown + " KB");
    }
  }

  @Test
  void aTryGoesOnUnderTheTableOfItsTime() throws Exception {
    var service = new ServiceName("moved-web-1-g1");
    var release = new CountDownLatch(1);
    try (var old =
            new TestDyno((head, body, out) -> {
              release.await();
              out.write(answer("old"));
              return true;
            });
        var fresh = TestDyno.saying("new")) {
      router.publish(app("moved", route(service.value(), old.port())));
      try (var wire = new Wire(port)) {
        wire.send(Wire.request("GET", "moved.localhost", "/", ""));
        await("it to arrive", () -> old.requests.get() == 1);
        router.publish(app("moved", route(service.value(), fresh.port())));
        var version = router.publish();
        assertFalse(router.routers.awaitIdle(Set.of(service), version, Duration.ofMillis(700)));
        release.countDown();
        assertEquals("old", wire.answer().body());
        assertTrue(router.routers.awaitIdle(Set.of(service), version, Duration.ofSeconds(3)));
        await("the figures", () -> router.routers.figures(id("moved")).requests() == 1);
      }
      // The connection that is kept must not be taken for one to the service's new address.
      router.publish(app("moved", route(service.value(), fresh.port())));
      assertEquals("new", Wire.get(port, "moved.localhost", "/").body());
    }
  }

  @Test
  void aWebSocketIsPassedThroughAndCountsAsInFlight() throws Exception {
    var service = new ServiceName("chat-web-1-g1");
    try (var dyno =
        new TestDyno((head, body, out) -> {
          assertTrue(head.contains("Upgrade: websocket") && head.contains("Connection: upgrade"));
          out.write(
              bytes(
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      + "Connection: Upgrade\r\n\r\nhello"));
          out.flush();
          Thread.sleep(10_000);
          return false;
        })) {
      router.publish(app("chat", route("chat-web-1-g1", dyno.port())));
      var wire = new Wire(port);
      wire.send(
          Wire.request(
              "GET", "chat.localhost", "/", "", "Upgrade: websocket", "Connection: Upgrade"));
      assertTrue(wire.head().startsWith("HTTP/1.1 101"));
      assertEquals("hello", wire.read(5));
      await("it to count", () -> router.routers.inFlight(Set.of(service)) == 1);
      var version = router.publish(app("chat"));
      assertFalse(router.routers.awaitIdle(Set.of(service), version, Duration.ofMillis(300)));
      wire.close();
      assertTrue(router.routers.awaitIdle(Set.of(service), version, Duration.ofSeconds(3)));
    }
  }

  @Test
  void aKilledWorkerIsReplacedAndItsCountsVanish() throws Exception {
    var service = new ServiceName("killed-web-1-g1");
    try (var dyno = TestDyno.slow("ok", 50)) {
      router.publish(app("killed", route("killed-web-1-g1", dyno.port())));
      var load = new Load(port, "killed.localhost", 8);
      await("load", () -> load.done.get() > 20);
      router.inside(
          "sh",
          "-c",
          "for p in /proc/[0-9]*; do grep -q '^nginx: worker' $p/cmdline && kill -9 ${p#/proc/};"
              + " done; true");
      Thread.sleep(500);
      var before = load.done.get();
      await("service again", () -> load.done.get() > before + 50);
      load.stop();
      assertTrue(load.problems().size() <= 20, () -> "lost " + load.problems());
      var version = router.publish(app("killed"));
      assertTrue(router.routers.awaitIdle(Set.of(service), version, Duration.ofSeconds(3)));
    }
  }

  @Test
  void aReloadByHandLosesNoTable() throws Exception {
    try (var dyno = TestDyno.saying("hello")) {
      router.publish(app("reloaded", route("reloaded-web-1-g1", dyno.port())));
      router.inside("sh", "-c", "kill -HUP 1");
      for (var i = 0; i < 20; i++) {
        assertEquals("hello", Wire.get(port, "reloaded.localhost", "/").body());
        Thread.sleep(50);
      }
    }
  }

  /// A hundred apps, each with a dyno of this generation.
  private static AppRoutes[] crowd(int generation, int port) {
    return IntStream.range(0, 100)
        .mapToObj(i -> app("crowd" + i, route("crowd" + i + "-web-1-g" + generation, port)))
        .toArray(AppRoutes[]::new);
  }

  /// In kilobytes, of all workers.
  private static long workersMemory() throws Exception {
    return Long.parseLong(
        router.inside(
            "sh",
            "-c",
            "for p in /proc/[0-9]*; do grep -q '^nginx: worker' $p/cmdline && cat $p/status; done"
                + " | awk '/^VmRSS/ { sum += $2 } END { print sum }'"));
  }
}
