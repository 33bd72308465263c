package dev.slipway.router;

import static dev.slipway.router.RouterFixture.app;
import static dev.slipway.router.RouterFixture.id;
import static dev.slipway.router.RouterFixture.route;
import static dev.slipway.router.TestDyno.bytes;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppName;
import dev.slipway.core.ServiceName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Where requests go, and what dynos and logs see of them.
@Tag("docker")
class RouterRoutesIT extends OneRouter {
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
  void manyAppsAreToldApart() throws Exception {
    try (var even = TestDyno.saying("even");
        var odd = TestDyno.saying("odd")) {
      for (var round = 0; round < 2; round++) {
        var apps = new ArrayList<AppRoutes>();
        for (var i = 0; i < 500; i++) {
          var dyno = (i + round) % 2 == 0 ? even : odd;
          apps.add(
              new AppRoutes(
                  id("app" + i),
                  new AppName("app" + i),
                  List.of("app" + i + ".localhost", "www.app" + i + ".example"),
                  false,
                  1,
                  List.of(route("app" + i + "-web-1-g" + round, dyno.port())),
                  List.of(),
                  null));
        }
        router.publish(apps.toArray(AppRoutes[]::new));
        for (var i = 0; i < 500; i += 7) {
          var expected = (i + round) % 2 == 0 ? "even" : "odd";
          assertEquals(expected, Wire.get(port, "app" + i + ".localhost", "/").body());
          assertEquals(expected, Wire.get(port, "WWW.App" + i + ".Example:8080", "/").body());
        }
        assertEquals(404, Wire.get(port, "app500.localhost", "/").status());
      }
    }
  }

  @Test
  void aWildcardTakesTheNamesBelowThatAreNobodysOwn() throws Exception {
    try (var all = TestDyno.saying("all");
        var deep = TestDyno.saying("deep");
        var own = TestDyno.saying("own")) {
      router.publish(
          hosted("all", all, "*.example.com"),
          hosted("deep", deep, "*.deep.example.com"),
          hosted("own", own, "www.example.com", "x.deep.example.com"));
      assertEquals("all", Wire.get(port, "a.example.com", "/").body());
      assertEquals("all", Wire.get(port, "A.B.Example.COM:80", "/").body());
      assertEquals("all", Wire.get(port, "deep.example.com", "/").body());
      assertEquals("own", Wire.get(port, "www.example.com", "/").body());
      assertEquals("all", Wire.get(port, "a.www.example.com", "/").body());
      assertEquals("deep", Wire.get(port, "a.b.deep.example.com", "/").body());
      assertEquals("own", Wire.get(port, "x.deep.example.com", "/").body());
      for (var other :
          List.of("example.com", "aexample.com", "com", "example.com.evil", "*", ".")) {
        var status = Wire.get(port, other, "/").status();
        assertTrue(status == 404 || status == 400, other + " " + status);
      }
    }
  }

  private static AppRoutes hosted(String name, TestDyno dyno, String... hosts) {
    return new AppRoutes(
        id(name),
        new AppName(name),
        List.of(hosts),
        false,
        1,
        List.of(route(name + "-web-1-g1", dyno.port())),
        List.of(),
        null);
  }

  @Test
  void anAppShowsPagesOfItsOwn() throws Exception {
    router.publish(
        paged("closed", true, "https://example.com/closed?a=1&b=\"2\""),
        paged("broken", false, "//example.com/closed"));
    var closed = Wire.get(port, "closed.localhost", "/");
    assertEquals(503, closed.status());
    assertTrue(
        closed.body().contains("src=\"https://example.com/closed?a=1&amp;b=&quot;2&quot;\""),
        closed.body());
    router.awaitLine(
        "closed", "at=info code=H80 desc=\"Maintenance mode\" method=GET path=\"/\" host=closed.");
    router.awaitLine("closed", " dyno= connect= service= status=503 bytes=");
    var broken = Wire.get(port, "broken.localhost", "/");
    assertTrue(broken.body().contains("src=\"https://example.com/error\""), broken.body());
    assertTrue(Wire.get(port, "nobody.localhost", "/").body().contains("<h1>No such app"));
  }

  private static AppRoutes paged(String name, boolean maintenance, String page) {
    return new AppRoutes(
        id(name),
        new AppName(name),
        List.of(name + ".localhost"),
        maintenance,
        1,
        List.of(),
        List.of(),
        null,
        false,
        Map.of("maintenance", page, "error", "https://example.com/error"),
        Map.of());
  }

  @Test
  void figuresSayWhatWasAnswered() throws Exception {
    var service = new ServiceName("counted-web-1-g1");
    try (var dyno =
        new TestDyno((head, body, out) -> {
          Thread.sleep(40);
          var status = head.startsWith("GET /none") ? "404 Not Found" : "200 OK";
          out.write(bytes("HTTP/1.1 " + status + "\r\nContent-Length: 5\r\n\r\nhello"));
          return true;
        })) {
      router.publish(app("counted", route(service.value(), dyno.port())));
      for (var i = 0; i < 10; i++) {
        Wire.get(port, "counted.localhost", i < 3 ? "/none" : "/");
      }
      await("the figures", () -> router.routers.figures(service).requests() == 10);
      var figures = router.routers.figures(service);
      assertEquals(7, figures.statusClasses().get(2));
      assertEquals(3, figures.statusClasses().get(4));
      assertEquals(0, figures.lost());
      assertEquals(10, figures.latency().count());
      assertTrue(figures.latency().p50() >= 38 && figures.latency().p50() < 80);
      assertTrue(figures.bytes() > 10 * 5 && figures.bytes() < 10 * 500);
      assertEquals(figures, router.routers.figures(id("counted")));
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
  void everyRequestBecomesALogLine() throws Exception {
    try (var dyno = TestDyno.saying("hello")) {
      router.publish(app("logged", route("logged-web-1-g1", dyno.port())));
      Wire.get(port, "logged.localhost", "/some?where=1");
      router.awaitLine(
          "logged", "at=info method=GET path=\"/some?where=1\" host=logged.localhost request_id=");
      router.awaitLine("logged", " dyno=web.1 connect=");
      router.awaitLine("logged", " status=200 bytes=");
    }
  }

  @Test
  void aVeryLongLogLineHoldsNothingUp() throws Exception {
    try (var dyno = TestDyno.saying("hello")) {
      router.publish(app("wordy", route("wordy-web-1-g1", dyno.port())));
      Wire.get(port, "wordy.localhost", "/" + "\"".repeat(30_000)); // logged as four bytes each
      Wire.get(port, "wordy.localhost", "/after");
      router.awaitLine("wordy", "\\x22".repeat(30_000));
      router.awaitLine("wordy", "path=\"/after\"");
    }
  }
}
