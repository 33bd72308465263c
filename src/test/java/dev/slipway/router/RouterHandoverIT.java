package dev.slipway.router;

import static dev.slipway.router.RouterFixture.app;
import static dev.slipway.router.RouterFixture.route;
import static dev.slipway.router.TestDyno.answer;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ServiceName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One router takes over from another in the same network namespace, under load.
@Tag("docker")
class RouterHandoverIT {
  @BeforeAll
  static void prepare() throws Exception {
    RouterFixture.prepare();
  }

  @AfterAll
  static void cleanUp() throws Exception {
    RouterFixture.cleanUp();
  }

  @Test
  void nothingIsLostAndTheLastRequestIsAnswered() throws Exception {
    var service = new ServiceName("orders-web-1-g1");
    var arrived = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    try (var router = RouterFixture.behindGate("handover");
        var dyno =
            new TestDyno((head, body, out) -> {
              if (head.startsWith("GET /long")) {
                arrived.countDown();
                finish.await();
              }
              Thread.sleep(20);
              out.write(answer("done"));
              return true;
            })) {
      var port = router.port();
      router.publish(app("orders", route(service.value(), dyno.port())));
      var load = new Load(port, "orders.localhost", 8);
      await("load", () -> load.done.get() > 100);
      var last = new AtomicReference<String>();
      var client = Thread.ofVirtual().start(() -> last.set(longRequest(port)));
      assertTrue(arrived.await(5, TimeUnit.SECONDS));

      router.inside("slipway-router", "leave");
      router.successor();
      await("the successor", router::successorIsReady);
      Thread.sleep(1_000);
      router.quit();
      Thread.sleep(1_000);
      load.stop();
      assertEquals(List.of(), load.problems(), () -> router.logs());

      assertEquals(2, router.routers.live().size());
      var version = router.routers.publish(List.of(app("orders")));
      assertEquals(Set.of(), router.routers.awaitAcknowledged(version, Duration.ofSeconds(5)));
      assertFalse(router.routers.awaitIdle(Set.of(service), version, Duration.ofMillis(300)));
      assertEquals(1, router.routers.inFlight(Set.of(service)));

      finish.countDown();
      client.join();
      assertEquals("done", last.get());
      await("the old router's end", router::hasEnded);
      await("its good-bye", () -> router.routers.live().equals(Set.of(new RouterId("router-1"))));
      assertTrue(router.routers.awaitIdle(Set.of(service), version, Duration.ofSeconds(1)));
    }
  }

  private static String longRequest(int port) {
    try {
      return Wire.get(port, "orders.localhost", "/long").body();
    } catch (IOException lost) {
      return lost.toString();
    }
  }
}
