package dev.slipway.router;

import static dev.slipway.router.RouterFixture.app;
import static dev.slipway.router.RouterFixture.id;
import static dev.slipway.router.RouterFixture.route;
import static dev.slipway.router.TestDyno.answer;
import static dev.slipway.router.TestDyno.bytes;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Dynos that fail: what is tried again, and what clients and logs are told.
@Tag("docker")
class RouterFailuresIT extends OneRouter {
  private static final int WORKERS = Runtime.getRuntime().availableProcessors();

  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(300);

  private static RouterFixture hasty;

  @BeforeAll
  static void startHasty() throws Exception {
    hasty =
        new RouterFixture(
            "hasty",
            "SLIPWAY_FIRST_BYTE=1s",
            "SLIPWAY_BETWEEN=2s",
            "SLIPWAY_CONNECT_TIMEOUT=" + CONNECT_TIMEOUT.toMillis() + "ms");
  }

  @AfterAll
  static void removeHasty() throws Exception {
    hasty.close();
  }

  @Test
  void aDynoThatCanNotBeConnectedToIsPassedOver() throws Exception {
    try (var alive = TestDyno.saying("alive")) {
      router.publish(app("half", route("half-web-1-g1", 1), route("half-web-2-g1", alive.port())));
      for (var i = 0; i < 50; i++) {
        assertEquals("alive", Wire.post(port, "half.localhost", "x").body());
      }
    }
  }

  @Test
  void aDynoThatRefusedIsPickedLastForASecond() throws Exception {
    try (var alive = TestDyno.saying("alive")) {
      router.publish(
          app("quiet", route("quiet-web-1-g1", 1), route("quiet-web-2-g1", alive.port())));
      var start = System.nanoTime();
      for (var i = 0; i < 200; i++) {
        assertEquals(200, Wire.get(port, "quiet.localhost", "/").status());
      }
      var seconds = (System.nanoTime() - start) / 1_000_000_000;
      var refused =
          router
              .errors()
              .lines()
              .filter(line -> line.contains("host: \"quiet.localhost\""))
              .count();
      assertTrue(refused >= 1);
      assertTrue(refused <= WORKERS * (seconds + 1), "connected " + refused + " times in vain");
    }
  }

  @Test
  void aConnectThatTimesOutIsTriedOnAnotherDyno() throws Exception {
    try (var full = new FullServer();
        var alive = TestDyno.saying("alive")) {
      hasty.publish(
          app("lost", route("lost-web-1-g1", full.port())),
          app(
              "far",
              route("far-web-1-g1", full.port()),
              route("far-web-2-g1", full.port()),
              route("far-web-3-g1", alive.port())));
      for (var i = 0; i < 10; i++) {
        assertEquals("alive", Wire.post(hasty.port(), "far.localhost", "x").body());
      }
      assertEquals(503, Wire.post(hasty.port(), "lost.localhost", "x").status());
      hasty.awaitLine("lost", "code=H19");
    }
  }

  @Test
  void aDynoThatAnswersNoConnectionHoldsUpOneRequestOfEachWorker() throws Exception {
    try (var one = new FullServer();
        var two = new FullServer();
        var three = new FullServer();
        var alive = TestDyno.saying("alive")) {
      hasty.publish(
          app(
              "gone",
              route("gone-web-1-g1", one.port()),
              route("gone-web-2-g1", two.port()),
              route("gone-web-3-g1", three.port()),
              route("gone-web-4-g1", alive.port())));
      var heldUp = 0;
      var end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
      while (System.nanoTime() < end) {
        var began = System.nanoTime();
        assertEquals("alive", Wire.post(hasty.port(), "gone.localhost", "x").body());
        heldUp += System.nanoTime() - began > CONNECT_TIMEOUT.toNanos() ? 1 : 0;
        Thread.sleep(5);
      }
      assertTrue(heldUp >= 1 && heldUp <= 3 * WORKERS, heldUp + " held up");
    }
  }

  @Test
  void aDynoThatIsBackIsFoundWithinSeconds() throws Exception {
    try (var alive = TestDyno.saying("alive")) {
      var place = 0;
      try (var silent = new FullServer()) {
        place = silent.port();
        hasty.publish(
            app("back", route("back-web-1-g1", place), route("back-web-2-g1", alive.port())));
        for (var i = 0; i < 50; i++) {
          assertEquals("alive", Wire.post(hasty.port(), "back.localhost", "x").body());
        }
      }
      try (var _ = TestDyno.saying("back", place)) {
        await(
            "it answers again",
            Duration.ofSeconds(15),
            () -> Wire.post(hasty.port(), "back.localhost", "x").body().equals("back"));
      }
    }
  }

  @Test
  void noMoreThanFourDynosAreTried() throws Exception {
    var dynos = new ArrayList<DynoRoute>();
    for (var i = 1; i <= 9; i++) {
      dynos.add(route("many-web-" + i + "-g1", i));
    }
    router.publish(app("many", dynos.toArray(DynoRoute[]::new)));
    assertEquals(503, Wire.get(port, "many.localhost", "/").status());
    assertEquals(
        4,
        router.errors().lines().filter(line -> line.contains("host: \"many.localhost\"")).count());
    router.awaitLine("many", "code=H21");
  }

  @Test
  void aDynoThatClosesConnectionsAtOnceFailsNoPost() throws Exception {
    try (var closing =
        new TestDyno((head, body, out) -> {
          out.write(answer("ok")); // says nothing of closing, and closes
          return false;
        })) {
      router.publish(app("closing", route("closing-web-1-g1", closing.port())));
      var load = new Load(port, "closing.localhost", 8);
      Thread.sleep(1500);
      load.stop();
      assertEquals(List.of(), load.problems());
      assertEquals(load.done.get(), closing.requests.get());
      for (var i = 0; i < 300; i++) {
        assertEquals(200, Wire.get(port, "closing.localhost", "/").status());
      }
    }
  }

  @Test
  void aPostThatADynoMayHaveSeenIsNotSentAgain() throws Exception {
    try (var rude = new TestDyno((head, body, out) -> false);
        var other = TestDyno.saying("other")) {
      router.publish(app("rude", route("rude-web-1-g1", rude.port())));
      var answer = Wire.post(port, "rude.localhost", "x");
      assertEquals(503, answer.status());
      assertEquals(1, rude.requests.get());
      router.awaitLine("rude", "code=H13");
      router.publish(
          app("rude", route("rude-web-1-g1", rude.port()), route("rude-web-2-g1", other.port())));
      for (var i = 0; i < 20; i++) {
        assertEquals(200, Wire.get(port, "rude.localhost", "/").status());
      }
    }
  }

  @Test
  void errorsCarryHerokusCodes() throws Exception {
    router.publish(
        app("crashed"),
        scaledToNone("none"),
        maintained("offline"),
        app("refusing", route("refusing-web-1-g1", 1)));
    for (var host : List.of("crashed", "none", "offline", "refusing")) {
      var answer = Wire.get(port, host + ".localhost", "/");
      assertEquals(503, answer.status());
      assertTrue(answer.body().contains("<h1>"), answer.body());
    }
    router.awaitLine("crashed", "at=error code=H10 desc=\"App crashed\" method=GET path=\"/\"");
    router.awaitLine("none", "at=error code=H14");
    router.awaitLine("offline", "at=info code=H80");
    router.awaitLine("refusing", "at=error code=H21");
    await("the figures", () -> router.routers.figures(id("crashed")).codes().containsKey("H10"));
  }

  @Test
  void aDynoThatIsTooSlowIsGivenUp() throws Exception {
    var calls = new AtomicInteger();
    try (var slow =
        new TestDyno((head, body, out) -> {
          if (head.startsWith("GET /trickle")) {
            out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"));
            out.flush();
            Thread.sleep(head.startsWith("GET /trickle-ok") ? 1500 : 3500);
            out.write(bytes("bc"));
            return true;
          }
          calls.incrementAndGet();
          Thread.sleep(3000);
          return false;
        })) {
      hasty.publish(
          app("slow", route("slow-web-1-g1", slow.port()), route("slow-web-2-g1", slow.port())));
      var limited = hasty.port();
      assertEquals(503, Wire.get(limited, "slow.localhost", "/").status());
      assertEquals(1, calls.get());
      assertEquals("abc", Wire.get(limited, "slow.localhost", "/trickle-ok").body());
      var broken = false;
      try {
        Wire.get(limited, "slow.localhost", "/trickle");
      } catch (IOException cut) {
        broken = true;
      }
      assertTrue(broken);
      var lines = hasty.log;
      await("H12", () -> lines.stream().anyMatch(line -> line.contains("code=H12")));
      await("H15", () -> lines.stream().anyMatch(line -> line.contains("code=H15")));
    }
  }

  @Test
  void anAnswerThatBreaksOffIsNamed() throws Exception {
    try (var half =
        new TestDyno((head, body, out) -> {
          out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
          return false;
        })) {
      router.publish(app("halfway", route("halfway-web-1-g1", half.port())));
      var broken = false;
      try {
        Wire.get(port, "halfway.localhost", "/");
      } catch (IOException cut) {
        broken = true;
      }
      assertTrue(broken);
      router.awaitLine("halfway", "code=H18");
      await("the figures", () -> router.routers.figures(id("halfway")).lost() == 1);
    }
  }

  private static AppRoutes scaledToNone(String name) {
    return new AppRoutes(
        id(name),
        new AppName(name),
        List.of(name + ".localhost"),
        false,
        0,
        List.of(),
        List.of(),
        null);
  }

  private static AppRoutes maintained(String name) {
    return new AppRoutes(
        id(name),
        new AppName(name),
        List.of(name + ".localhost"),
        true,
        1,
        List.of(),
        List.of(),
        null);
  }
}
