package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.router.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Odd requests, and dynos that answer oddly, through the router that is up.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RouterInputIT {
  private final FaultApp app = FaultApp.serving("good");

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void headerOfTenMegabytes() throws IOException {
    try (var load = Steady.during("10 MB header at the router", app);
        var wire = app.connect()) {
      try {
        wire.send(Wire.request("GET", app.host(), "/", "", "X-Long: " + "x".repeat(10 << 20)));
      } catch (IOException closedMeanwhile) {
        // the router need not read it all
      }
      try {
        assertTrue(List.of(400, 431).contains(wire.answer().status()));
      } catch (IOException reset) {
        // nor need its answer outlive the reset
      }
      load.assertNothingLost();
    }
  }

  @Test
  void pathsThatTryToLeave() {
    var host = app.host();
    for (var path :
        List.of("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/a/%2e%2e/%2e%2e/%2e%2e/b")) {
      var answer = app.exchange(Wire.request("GET", host, path, "", "Connection: close"));
      assertTrue(
          answer.status() == 400 || answer.body().startsWith(app.name()),
          () -> path + " " + answer);
      assertFalse(answer.body().contains("root:"), path);
    }
    assertEquals(400, app.exchange(Wire.request("GET", host, "/a\0b", "")).status());
    assertEquals(400, app.exchange("GET / HTTP/1.1\r\nHost: a b\r\n\r\n").status());
    assertEquals("good", app.marker());
  }

  @Test
  void hostsThatNobodyHas() {
    for (var host : List.of("fault-nobody.localhost", "slipway-control", "localhost", "x")) {
      var answer = app.exchange(Wire.request("GET", host, "/", "", "Connection: close"));
      assertTrue(answer.status() >= 400, () -> host + " " + answer);
      assertFalse(answer.body().contains(app.name()), host);
    }
  }

  @Test
  void dynoThatClosesIdleConnectionsAtOnce() throws IOException {
    var began = System.nanoTime();
    try (var wire = app.connect()) {
      for (var i = 0; i < 400; i++) {
        var method = i % 2 == 0 ? "POST" : "GET";
        wire.send(Wire.request(method, app.host(), "/rude", method.equals("POST") ? "{}" : ""));
        assertEquals(200, wire.answer().status(), "request " + i);
      }
    }
    Steady.note("dyno closes idle connections at once\t" + Steady.seconds(began) + "\t400\t0");
  }

  @Test
  void serverSentEventsFlow() throws IOException {
    try (var wire = app.connect()) {
      wire.send(Wire.request("GET", app.host(), "/sse", ""));
      var head = wire.head();
      assertTrue(head.contains("text/event-stream"), head);
      var first = System.nanoTime();
      while (!wire.line().startsWith("data: 5")) {
        assertTrue(System.nanoTime() - first < 1_000_000_000L, "the first event came late");
      }
      first = System.nanoTime();
      while (!wire.line().startsWith("data: 1")) {
        // the events between
      }
      var between = Duration.ofNanos(System.nanoTime() - first);
      assertTrue(between.toMillis() > 800, "all events came at once: " + between);
    }
  }

  @Test
  @Tag("long")
  void webSocketStaysOverADeployUntilTheDrainEnds() throws IOException {
    app.configure(Map.of("SLIPWAY_DRAIN_TIMEOUT", "8"));
    try (var load = Steady.during("WebSocket over a deploy", app);
        var wire = app.connect()) {
      wire.send(
          Wire.request("GET", app.host(), "/ws", "", "Upgrade: websocket", "Connection: Upgrade"));
      assertTrue(wire.head().startsWith("HTTP/1.1 101"));
      echo(wire, "before");
      var push = app.push(Sources.good("good"));
      assertTrue(push.accepted(), push.output());
      echo(wire, "after");
      var live = System.nanoTime();
      var closed = false;
      while (!closed && System.nanoTime() - live < 30_000_000_000L) {
        Host.pause(Duration.ofMillis(200));
        closed = !echoes(wire);
      }
      assertTrue(closed, "the old dyno never went");
      load.assertNothingLost();
    }
    app.settle();
  }

  @Test
  @Tag("long")
  void answerThatTakes29SecondsThenTrickles() {
    var began = System.nanoTime();
    var answer = app.get("/late");
    assertEquals(200, answer.status());
    assertEquals("drop\n".repeat(5), answer.body());
    Steady.note("29 s to the first byte, then a trickle\t" + Steady.seconds(began) + "\t1\t0");
  }

  private static void echo(Wire wire, String text) throws IOException {
    wire.send(text);
    assertEquals(text, wire.read(text.length()));
  }

  private static boolean echoes(Wire wire) {
    try {
      echo(wire, "still");
      return true;
    } catch (IOException closed) {
      return false;
    }
  }
}
