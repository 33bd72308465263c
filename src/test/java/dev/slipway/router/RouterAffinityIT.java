package dev.slipway.router;

import static dev.slipway.router.RouterFixture.app;
import static dev.slipway.router.RouterFixture.route;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Clients of an app with session affinity stay with their dyno, as long as it is there.
@Tag("docker")
class RouterAffinityIT extends OneRouter {
  private static final String COOKIE = "heroku-session-affinity=";

  @Test
  void aClientStaysWithTheDynoThatAnsweredFirst() throws Exception {
    try (var one = TestDyno.saying("one");
        var two = TestDyno.saying("two")) {
      router.publish(
          app(
              "stay",
              true,
              route("stay-web-1-g1", one.port()),
              route("stay-web-2-g1", two.port())));
      var seen = new HashSet<String>();
      for (var client = 0; client < 12; client++) {
        var first = get("stay", "");
        var cookie = cookie(first);
        seen.add(first.body());
        for (var i = 0; i < 5; i++) {
          var next = get("stay", "other=1; " + cookie + "; more=2");
          assertEquals(first.body(), next.body());
          assertFalse(next.headers().containsKey("set-cookie"));
        }
      }
      assertEquals(2, seen.size());
    }
  }

  @Test
  void aDynoThatLeavesTheTableGetsNothingMoreAndItsClientsGoElsewhere() throws Exception {
    try (var old = TestDyno.saying("old");
        var next = TestDyno.saying("next")) {
      router.publish(app("drained", true, route("drained-web-1-g1", old.port())));
      var cookie = cookie(get("drained", ""));
      router.publish(app("drained", true, route("drained-web-1-g2", next.port())));
      var before = old.requests.get();
      var answer = get("drained", cookie);
      assertEquals("next", answer.body());
      assertNotEquals(cookie, cookie(answer));
      assertEquals(before, old.requests.get());
    }
  }

  @Test
  void aDynoThatRefusesLosesItsClients() throws Exception {
    int refusing;
    try (var closed = new ServerSocket(0)) {
      refusing = closed.getLocalPort();
    }
    try (var alive = TestDyno.saying("alive");
        var dying = TestDyno.saying("dying")) {
      router.publish(app("dead", true, route("dead-web-1-g1", dying.port())));
      var cookie = cookie(get("dead", ""));
      router.publish(
          app(
              "dead",
              true,
              route("dead-web-1-g1", refusing),
              route("dead-web-2-g1", alive.port())));
      var answer = get("dead", cookie);
      assertEquals("alive", answer.body());
      assertEquals("alive", get("dead", cookie(answer)).body());
    }
  }

  @Test
  void aCookieChoosesOnlyAmongTheAppsOwnDynos() throws Exception {
    try (var mine = TestDyno.saying("mine");
        var theirs = TestDyno.saying("theirs")) {
      router.publish(
          app("mine", true, route("mine-web-1-g1", mine.port())),
          app("theirs", true, route("theirs-web-1-g1", theirs.port())));
      var cookie = cookie(get("theirs", ""));
      assertEquals("mine", get("mine", cookie).body());
      for (var forged :
          List.of("", "x", "0".repeat(32), "\u00ff".repeat(32), "a".repeat(3000), "\"", ";;")) {
        var answer = get("mine", COOKIE + forged);
        assertEquals("mine", answer.body(), forged);
        assertTrue(cookie(answer).matches(COOKIE + "[0-9a-f]{32}"), forged);
      }
    }
  }

  @Test
  void anAppWithoutItSetsNoCookieAndHeedsNone() throws Exception {
    try (var one = TestDyno.saying("one");
        var two = TestDyno.saying("two")) {
      var dynos =
          new DynoRoute[] {route("free-web-1-g1", one.port()), route("free-web-2-g1", two.port())};
      router.publish(app("free", true, dynos));
      var cookie = cookie(get("free", ""));
      router.publish(app("free", dynos));
      var seen = new HashSet<String>();
      for (var i = 0; i < 40; i++) {
        var answer = get("free", cookie);
        seen.add(answer.body());
        assertFalse(answer.headers().containsKey("set-cookie"));
      }
      assertEquals(2, seen.size());
    }
  }

  @Test
  void aPageOfTheRoutersOwnGivesNoCookie() throws Exception {
    router.publish(app("empty", true));
    var answer = get("empty", "");
    assertEquals(503, answer.status());
    assertFalse(answer.headers().containsKey("set-cookie"));
  }

  private static Wire.Answer get(String app, String cookie) throws IOException {
    return Wire.get(port, app + ".localhost", "/", "Cookie: " + cookie);
  }

  private static String cookie(Wire.Answer answer) {
    var header = answer.headers().get("set-cookie");
    assertTrue(
        header != null
            && header.startsWith(COOKIE)
            && header.endsWith("; Path=/; Max-Age=86400; HttpOnly"),
        "set-cookie: " + header);
    return header.substring(0, header.indexOf(';'));
  }
}
