package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Heroku's clients expect of every endpoint.
class ConventionsTest {
  private @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void healthAloneNeedsNoKey() {
    assertEquals(200, api.bare("GET", "/health", null).status());
    var refused = api.bare("GET", "/account", null);
    assertEquals(401, refused.status());
    assertEquals("unauthorized", refused.json().get("id").stringValue());
    assertTrue(refused.header("WWW-Authenticate").startsWith("Basic"));
  }

  @Test
  void keysComeAsBearerOrAsPassword() {
    assertEquals(200, api.bare("GET", "/account", null, "Authorization", basic("")).status());
    assertEquals(200, api.bare("GET", "/account", null, "Authorization", basic("me")).status());
    for (var bad : List.of("Bearer x", "Bearer", "Basic !!", "Basic bm9jb2xvbg==", "Digest x")) {
      assertEquals(401, api.bare("GET", "/account", null, "Authorization", bad).status(), bad);
    }
  }

  /// Also where nobody reads the body: a client that still sends when the connection closes never
  /// sees the answer.
  @Test
  void aRefusalReachesAClientThatIsStillSending() {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    var half = "x".repeat(600_000);
    for (var path : List.of("/apps/orders/dynos", "/apps/nonesuch/releases", "/nonesuch")) {
      var head =
          "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".formatted(path)
              + "Authorization: Bearer "
              + TestApi.KEY
              + "\r\nContent-Length: "
              + 2 * half.length()
              + "\r\n\r\n";
      var answer = RawHttp.sendSlowly(api.api.httpPort(), head + half, half);
      assertTrue(answer.startsWith("HTTP/1.1 4"), path + ": " + answer);
    }
  }

  @Test
  void errorsHaveHerokusShape() {
    var unknown = api.get("/nonesuch");
    assertEquals(404, unknown.status());
    assertEquals("not_found", unknown.json().get("id").stringValue());
    assertTrue(unknown.header("Content-Type").startsWith("application/json"));
    var app = api.get("/apps/nonesuch/releases");
    assertEquals("app", app.json().get("resource").stringValue());
    assertEquals("Couldn't find that app.", app.json().get("message").stringValue());
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    var release = api.get("/apps/orders/releases/99");
    assertEquals(404, release.status());
    assertEquals("release", release.json().get("resource").stringValue());
    assertEquals("orders", release.json().get("app").get("name").stringValue());
  }

  @Test
  void someoneElsesAppIsNotThere() {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    var key = "Bearer " + TestApi.OTHER_KEY;
    assertEquals(404, api.bare("GET", "/apps/orders", null, "Authorization", key).status());
    assertEquals(404, api.bare("DELETE", "/apps/orders", null, "Authorization", key).status());
    assertEquals("[]", api.bare("GET", "/apps", null, "Authorization", key).text().strip());
  }

  @Test
  void listsComeInPages() {
    for (var number = 10; number < 16; number++) {
      api.send("POST", "/apps", "{\"name\":\"app-" + number + "\"}");
    }
    var names = new ArrayList<String>();
    var range = "name ..; order=desc,max=4;";
    var pages = 0;
    while (!range.isEmpty()) {
      var page = api.get("/apps", "Range", range);
      page.json().forEach(app -> names.add(app.get("name").stringValue()));
      range = page.header("Next-Range");
      assertEquals(range.isEmpty() ? 200 : 206, page.status());
      assertTrue(++pages < 5);
    }
    assertEquals(List.of("app-15", "app-14", "app-13", "app-12", "app-11", "app-10"), names);
    assertEquals(200, api.get("/apps", "Range", "max=1, order=desc").status() / 100 * 100);
    assertEquals(200, api.get("/apps", "Range", "").status());
    assertEquals(3, api.get("/apps", "Range", "name ]app-12..").json().size());
    assertEquals(2, api.get("/apps", "Range", "name app-12..app-13").json().size());
  }

  @Test
  void releasesAreSortedByNumber() {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    for (var number = 0; number < 10; number++) {
      api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"" + number + "\"}");
    }
    var newest = api.get("/apps/orders/releases", "Range", "version ..; order=desc,max=1");
    assertEquals(206, newest.status());
    assertEquals(11, newest.json().get(0).get("version").intValue());
    assertEquals("version 11..11", newest.header("Content-Range"));
  }

  @Test
  void anUnchangedAnswerIsNotSentAgain() {
    var first = api.get("/account");
    assertEquals(304, api.get("/account", "If-None-Match", first.header("ETag")).status());
    assertEquals(200, api.get("/account", "If-None-Match", "\"other\"").status());
    assertNotEquals(first.header("Request-Id"), api.get("/account").header("Request-Id"));
  }

  @Test
  void longHeadersEncodedSlashesAndBracketsPass() {
    assertEquals(200, api.get("/account", "X-Long", "x".repeat(20_000)).status());
    assertEquals(404, api.get("/apps/heroku%2Fnodejs").status());
    assertEquals("app", api.get("/apps/heroku%2Fnodejs").json().get("resource").stringValue());
    assertTrue(raw("GET /pipelines?eq[name]=x HTTP/1.1").startsWith("HTTP/1.1 200"));
  }

  @Test
  void whatNeverReachesAnEndpointIsAnsweredInShape() {
    for (var line : List.of("GET /%zz HTTP/1.1", "GET /apps/%00 HTTP/1.1", "NONSENSE")) {
      var answer = raw(line);
      assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
      assertTrue(answer.contains("\"message\""), answer);
      assertFalse(answer.contains("Exception"), answer);
    }
    assertTrue(
        raw("GET /account HTTP/1.1\r\nX-Long: " + "x".repeat(200_000)).startsWith("HTTP/1.1 431"));
  }

  @Test
  void eachRequestTakesFromTheAllowance() {
    var first = Integer.parseInt(api.get("/account").header("RateLimit-Remaining"));
    var second = Integer.parseInt(api.get("/account").header("RateLimit-Remaining"));
    assertEquals(first - 1, second);
    var free = api.get("/account/rate-limits");
    assertEquals(second, free.json().get("remaining").intValue());
  }

  @Test
  void longAnswersAreCompressed() {
    for (var number = 0; number < 5; number++) {
      api.send("POST", "/apps", "{}");
    }
    assertEquals("gzip", api.get("/apps", "Accept-Encoding", "gzip").header("Content-Encoding"));
  }

  @Test
  void versionThreeIsTheOnlyOne() {
    for (var version : List.of("3", "3.sdk", "3.docker-releases")) {
      var accept = "application/vnd.heroku+json; version=" + version;
      assertEquals(200, api.get("/account", "Accept", accept).status(), version);
    }
    var other = api.get("/account", "Accept", "application/vnd.heroku+json; version=2");
    assertEquals(406, other.status());
    assertEquals("not_acceptable", other.json().get("id").stringValue());
  }

  @Test
  void anEndpointThatIsNotHereIsLoggedOncePerClient() {
    var lines = new CopyOnWriteArrayList<String>();
    var log = Logger.getLogger(UnknownEndpoints.class.getName());
    var handler = new LineHandler(lines);
    log.setLevel(Level.INFO);
    log.addHandler(handler);
    try {
      for (var client : List.of("one", "one", "two", "three")) {
        for (var app : List.of("orders", "shop")) {
          assertEquals(404, api.get("/apps/" + app + "/moons", "User-Agent", client).status());
        }
      }
    } finally {
      log.removeHandler(handler);
    }
    assertEquals(
        List.of(
            "unknown endpoint: GET /apps/{app}/moons, asked by one",
            "unknown endpoint: GET /apps/{app}/moons, asked by two",
            "unknown endpoint: GET /apps/{app}/moons, asked by three"),
        lines);
  }

  private static final class LineHandler extends Handler {
    private final List<String> lines;

    LineHandler(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static String basic(String user) {
    var pair = user + ":" + TestApi.KEY;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private String raw(String head) {
    return RawHttp.send(
        api.api.httpPort(),
        head
            + "\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
            + TestApi.KEY
            + "\r\n\r\n");
  }
}
