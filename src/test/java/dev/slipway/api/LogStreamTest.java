package dev.slipway.api;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Log sessions give streams of server-sent events as Heroku's client reads them.
class LogStreamTest {
  private @TempDir Path home;
  private TestApi api;
  private AppId app;

  @BeforeEach
  void start() {
    api = new TestApi(home);
    // Not by the API, which would write the app's first line.
    app = api.apps.create(new AppName("orders"), api.owner.id()).id();
    for (var number = 1; number <= 3; number++) {
      var time = Instant.parse("2026-01-02T03:04:05Z").plusMillis(number);
      api.logs.add(app, time, "app", "web." + number, "line " + number + "\n{{ü}}");
    }
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void theBacklogEndsCleanly() throws IOException {
    var lines = read(session("{\"lines\":2}"), "");
    assertEquals("retry: 10", lines.getFirst());
    assertEquals(
        List.of(
            "data: 2026-01-02T03:04:05.002000+00:00 app[web.2]: line 2 {{ü}}",
            "data: 2026-01-02T03:04:05.003000+00:00 app[web.3]: line 3 {{ü}}"),
        data(lines));
  }

  @Test
  void aDynoATypeOrASourceCanBeChosen() throws IOException {
    api.logs.platform(app, "router", "at=info");
    assertEquals(1, data(read(session("{\"dyno\":\"web.2\"}"), "")).size());
    assertEquals(3, data(read(session("{\"dyno\":\"web\"}"), "")).size());
    assertEquals(1, data(read(session("{\"source\":\"heroku\"}"), "")).size());
    assertEquals(0, data(read(session("{\"lines\":0}"), "")).size());
  }

  @Test
  void aTailGoesOnWithNewLinesAndNoneTwice() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          try (var reader = open(session("{\"lines\":1,\"tail\":true}"), "")) {
            assertTrue(nextData(reader).endsWith("line 3 {{ü}}"));
            api.logs.platform(app, "web.1", "State changed from starting to up");
            assertTrue(
                nextData(reader).endsWith("heroku[web.1]: State changed from starting to up"));
          }
        });
  }

  @Test
  void aTailTakesUpWhereItBroke() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          try (var reader = open(session("{\"lines\":1,\"tail\":true}"), "2")) {
            assertTrue(nextData(reader).contains("line 3"));
          }
        });
  }

  /// A real socket that asks and then never reads.
  @Test
  void aClientThatNeverReadsIsDroppedAndNothingIsKeptForIt() throws Exception {
    var path = URI.create(session("{\"lines\":1,\"tail\":true}")).getPath();
    var text = "x".repeat(10_000);
    try (var socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.api.httpPort()));
      var request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      awaitReaders(1);
      var before = usedMemory();
      for (var number = 0; number < 10_000; number++) {
        api.logs.add(app, Instant.now(), "app", "web.1", text + number);
        if (number % 100 == 0) {
          Thread.sleep(10);
        }
      }
      var grown = usedMemory() - before;
      assertTrue(grown < 40 * 1024 * 1024, grown + " bytes");
      awaitReaders(0);
    }
  }

  private void awaitReaders(int count) {
    await(count + " readers", Duration.ofSeconds(40), () -> api.logs.readers(app) == count);
  }

  private static long usedMemory() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void stoppingEndsStreamsCleanly() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          try (var reader = open(session("{\"tail\":true,\"lines\":1}"), "")) {
            assertTrue(nextData(reader).contains("line 3"));
            Thread.ofVirtual().start(api.api::close);
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
              assertTrue(line.isEmpty(), line);
            }
          }
        });
  }

  @Test
  void anUnknownSessionIsNotThere() {
    assertEquals(404, api.bare("GET", "/streams/nonesuch", null).status());
  }

  private String session(String body) {
    var answer = api.send("POST", "/apps/orders/log-sessions", body);
    assertEquals(201, answer.status());
    return answer.json().get("logplex_url").stringValue();
  }

  private static List<String> read(String url, String lastSeen) throws IOException {
    try (var reader = open(url, lastSeen)) {
      return reader.readAllLines();
    }
  }

  private static List<String> data(List<String> lines) {
    return lines.stream().filter(line -> line.startsWith("data: ")).toList();
  }

  private static String nextData(BufferedReader reader) throws IOException {
    var seen = new ArrayList<String>();
    for (var line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith("data: ")) {
        return line;
      }
      seen.add(line);
    }
    throw new IOException("the stream ended after " + seen);
  }

  private static BufferedReader open(String url, String lastSeen) throws IOException {
    var connection = URI.create(url).toURL().openConnection();
    connection.setReadTimeout(8000);
    if (!lastSeen.isEmpty()) {
      connection.setRequestProperty("Last-Event-ID", lastSeen);
    }
    assertTrue(connection.getContentType().startsWith("text/event-stream"));
    return new BufferedReader(
        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
  }
}
