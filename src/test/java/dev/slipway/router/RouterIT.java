package dev.slipway.router;

import static dev.slipway.router.RouterFixture.app;
import static dev.slipway.router.RouterFixture.await;
import static dev.slipway.router.RouterFixture.id;
import static dev.slipway.router.RouterFixture.route;
import static dev.slipway.router.TestDyno.answer;
import static dev.slipway.router.TestDyno.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppName;
import dev.slipway.core.ServiceName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The real router, with a real control side, on real connections.
@Tag("docker")
class RouterIT {
  private static final String CHUNKED_EVENTS =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static RouterFixture router;
  private static RouterFixture hasty;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    RouterFixture.prepare();
    router = new RouterFixture("main");
    hasty = new RouterFixture("hasty", "SLIPWAY_FIRST_BYTE=1s", "SLIPWAY_BETWEEN=2s");
    port = router.port();
  }

  @AfterAll
  static void stop() throws Exception {
    router.close();
    hasty.close();
    RouterFixture.cleanUp();
  }

  @Test
  void aRequestGoesToTheAppThatItsHostNames() throws Exception {
    try (var one = TestDyno.saying("one");
        var two = TestDyno.saying("two")) {
      router.publish(
          app("one", route("one-web-1-g1", one.port())),
          app("two", route("two-web-1-g1", two.port())));
      assertEquals("one", Wire.get(port, "one.localhost", "/").body());
      assertEquals("two", Wire.get(port, "Two.localhost:80", "/").body());
      assertEquals(404, Wire.get(port, "three.localhost", "/").status());
      assertEquals(200, Wire.get(port, "any", "/.well-known/slipway/health").status());
    }
  }

  @Test
  void theDynoSeesHerokusHeaders() throws Exception {
    try (var echo = TestDyno.echo()) {
      router.publish(app("echo", route("echo-web-1-g1", echo.port())));
      var mine = "0123456789abcdef0123";
      var answer =
          Wire.get(
              port,
              "echo.localhost",
              "/a%2Fb/../..%2e//c?q=%00",
              "X-Request-Id: " + mine,
              "X-Forwarded-For: 9.9.9.9",
              "Via: 1.1 front");
      var seen = answer.body();
      assertTrue(seen.startsWith("GET /a%2Fb/../..%2e//c?q=%00 HTTP/1.1"), seen);
      assertTrue(seen.contains("X-Request-Id: " + mine), seen);
      assertTrue(seen.contains("X-Forwarded-For: 9.9.9.9, "), seen);
      assertTrue(seen.contains("X-Forwarded-Proto: http\r\n"), seen);
      assertTrue(seen.contains("X-Forwarded-Port: 80"), seen);
      assertTrue(seen.contains("Via: 1.1 front, 1.1 slipway"), seen);
      assertTrue(seen.contains("Host: echo.localhost"), seen);
      assertTrue(seen.matches("(?s).*X-Request-Start: 1\\d{12}\\r\\n.*"), seen);
      assertEquals("1.1 slipway", answer.headers().get("via"));
      var other = Wire.get(port, "echo.localhost", "/", "X-Request-Id: no").body();
      assertTrue(
          other.matches(
              "(?s).*X-Request-Id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                  + "[0-9a-f]{12}\\r\\n.*"),
          other);
    }
  }

  @Test
  void headersAndPathsThatAreNoneAreRefused() throws Exception {
    try (var echo = TestDyno.echo()) {
      router.publish(app("echo", route("echo-web-1-g1", echo.port())));
      assertEquals(400, Wire.get(port, "echo.localhost", "/../../etc/passwd").status());
      assertEquals(400, Wire.get(port, "echo.localhost", "/%00").status());
      assertEquals(400, Wire.get(port, "echo.localhost", "/a\0b").status());
      var status = 0;
      try {
        status = Wire.get(port, "echo.localhost", "/", "X: " + "x".repeat(10_000_000)).status();
      } catch (IOException reset) {
        status = 431; // refused before all of it was read
      }
      assertTrue(status == 431 || status == 400, "got " + status);
      assertEquals(200, Wire.get(port, "echo.localhost", "/").status());
    }
  }

  @Test
  void aSwitchUnderLoadLosesNothingAndIsKnownAtOnce() throws Exception {
    try (var old = slow("old", 20);
        var fresh = slow("new", 20)) {
      var before = app("orders", route("orders-web-1-g1", old.port()));
      var after = app("orders", route("orders-web-1-g2", fresh.port()));
      var gone = Set.of(new ServiceName("orders-web-1-g1"));
      router.publish(before);
      var load = new PostLoad(port, "orders.localhost", 16);
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
  void candidatesAreProbedAndGetNothing() throws Exception {
    var ready = new AtomicBoolean();
    try (var dyno =
        new TestDyno((head, body, out) -> {
          out.write(
              ready.get() ? answer("ok") : bytes("HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n"));
          return false;
        })) {
      var candidate = route("cand-web-1-g2", dyno.port());
      var dead = route("cand-web-2-g2", 1);
      router.publish(
          new AppRoutes(
              id("cand"),
              new AppName("cand"),
              List.of("cand.localhost"),
              false,
              1,
              List.of(),
              List.of(candidate, dead),
              "/health"));
      await(
          "a refused probe",
          () ->
              router.routers.reachability(dead.service())
                      instanceof Reachability.Unreachable(var why)
                  && why.contains("refused"));
      await(
          "a failed probe",
          () ->
              router.routers.reachability(candidate.service()) instanceof Reachability.Unreachable);
      ready.set(true);
      await(
          "a good probe",
          () -> router.routers.reachability(candidate.service()) instanceof Reachability.Reachable);
      assertEquals(503, Wire.get(port, "cand.localhost", "/").status());
    }
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
  void aDynoThatClosesConnectionsAtOnceFailsNoPost() throws Exception {
    try (var closing =
        new TestDyno((head, body, out) -> {
          out.write(answer("ok")); // says nothing of closing, and closes
          return false;
        })) {
      router.publish(app("closing", route("closing-web-1-g1", closing.port())));
      var load = new PostLoad(port, "closing.localhost", 8);
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
      line("rude", "code=H13");
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
    line("crashed", "at=error code=H10 desc=\"App crashed\" method=GET path=\"/\"");
    line("none", "at=error code=H14");
    line("offline", "at=info code=H80");
    line("refusing", "at=error code=H21");
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
      line("halfway", "code=H18");
      await("the figures", () -> router.routers.figures(id("halfway")).lost() == 1);
    }
  }

  @Test
  void eventsFlowAsTheyCome() throws Exception {
    var next = new CountDownLatch(1);
    try (var dyno =
        new TestDyno((head, body, out) -> {
          out.write(bytes(CHUNKED_EVENTS));
          out.write(event(1));
          out.flush();
          next.await();
          out.write(event(2));
          out.write(bytes("0\r\n\r\n"));
          return true;
        })) {
      router.publish(app("events", route("events-web-1-g1", dyno.port())));
      try (var wire = new Wire(port)) {
        wire.send(Wire.request("GET", "events.localhost", "/", ""));
        assertTrue(wire.head().contains("text/event-stream"));
        wire.line();
        assertEquals("data: 1", wire.line());
        next.countDown();
        wire.line();
        wire.line();
        wire.line();
        assertEquals("data: 2", wire.line());
      }
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
    try (var dyno = slow("ok", 50)) {
      router.publish(app("killed", route("killed-web-1-g1", dyno.port())));
      var load = new PostLoad(port, "killed.localhost", 8);
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

  @Test
  void everyRequestBecomesALogLine() throws Exception {
    try (var dyno = TestDyno.saying("hello")) {
      router.publish(app("logged", route("logged-web-1-g1", dyno.port())));
      Wire.get(port, "logged.localhost", "/some?where=1");
      line("logged", "at=info method=GET path=\"/some?where=1\" host=logged.localhost request_id=");
      line("logged", " dyno=web.1 connect=");
      line("logged", " status=200 bytes=");
    }
  }

  @Test
  void aStrangerIsSentAway() throws Exception {
    try (var stranger = new RouterFixture("stranger")) {
      stranger.publish();
      var answer =
          Wire.once(
              stranger.controlPort(),
              "POST /router/poll HTTP/1.1\r\nHost: x\r\nX-Slipway-Router: router-1\r\n"
                  + "Authorization: Bearer wrong\r\nContent-Length: 2\r\n\r\n{}");
      assertEquals(401, answer.status());
    }
  }

  @Test
  void whileControlIsAwayAddressesAreCheckedByName() throws Exception {
    try (var lonely = new RouterFixture("lonely", "SLIPWAY_SILENCE=1")) {
      lonely.dynoContainer("mine-web-1-g1", "10.213.77.50", "mine");
      var limited = lonely.port();
      lonely.publish(app("mine", route("mine-web-1-g1", "10.213.77.50", 8000)));
      assertEquals("mine", Wire.get(limited, "mine.localhost", "/").body());
      lonely.stopControl();
      Thread.sleep(2000);
      assertEquals("mine", Wire.get(limited, "mine.localhost", "/").body());
      lonely.remove("mine-web-1-g1", "mine");
      Thread.sleep(1100);
      lonely.dynoContainer("other-web-1-g1", "10.213.77.50", "other");
      for (var i = 0; i < 20; i++) {
        assertFalse(Wire.get(limited, "mine.localhost", "/").body().contains("other"));
        Thread.sleep(20);
      }
      lonely.dynoContainer("mine-web-1-g1", "10.213.77.52", "mine");
      await(
          "the new address", () -> Wire.get(limited, "mine.localhost", "/").body().equals("mine"));

      lonely.restart();
      var again = lonely.port();
      await(
          "the router",
          () -> {
            try {
              return Wire.get(again, "x", "/.well-known/slipway/health").status() == 200;
            } catch (IOException notYet) {
              return false;
            }
          });
      assertEquals("mine", Wire.get(again, "mine.localhost", "/").body());

      lonely.routers = new Routers();
      lonely.startControl();
      Thread.sleep(500);
      assertEquals("mine", Wire.get(again, "mine.localhost", "/").body());
      lonely.publish(app("mine", route("mine-web-1-g1", "10.213.77.52", 8000)));
      assertEquals("mine", Wire.get(again, "mine.localhost", "/").body());
    }
  }

  @Test
  @Tag("long")
  void theFirstByteMayTake29SecondsAndThePausesAfterItLonger() throws Exception {
    try (var slow =
        new TestDyno((head, body, out) -> {
          Thread.sleep(29_000);
          out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"));
          out.flush();
          Thread.sleep(40_000);
          out.write(bytes("b"));
          out.flush();
          Thread.sleep(1_000);
          out.write(bytes("c"));
          return true;
        })) {
      router.publish(app("patient", route("patient-web-1-g1", slow.port())));
      assertEquals("abc", Wire.get(port, "patient.localhost", "/").body());
    }
  }

  /// A chunk with one server-sent event.
  private static byte[] event(int number) {
    return bytes("9\r\ndata: %d\n\n\r\n".formatted(number));
  }

  private static void line(String app, String text) throws Exception {
    var start = id(app).shortForm() + " ";
    await(
        "a line of " + app + " with " + text,
        () -> router.log.stream().anyMatch(line -> line.startsWith(start) && line.contains(text)));
  }

  private static TestDyno slow(String text, long milliseconds) throws IOException {
    return new TestDyno((head, body, out) -> {
      Thread.sleep(milliseconds);
      out.write(answer(text));
      return true;
    });
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
