package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.slipway.core.UserError;
import dev.slipway.outbound.Outbound;
import dev.slipway.outbound.Targets;
import dev.slipway.source.Uploads;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Control fetches tarballs from where users may reach, and from nowhere else.
@Timeout(30)
class TarballFetchTest {
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private @TempDir Path home;
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer server;
  private Uploads uploads;

  @BeforeEach
  void start() throws IOException {
    uploads = new Uploads(home.resolve("uploads"), 1024 * 1024, Clock.systemUTC());
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    serve("/a.tar", tarball());
    redirect("/moved", "/a.tar");
    redirect("/circle", "/circle");
    redirect("/inwards", "http://127.0.0.2:" + server.getAddress().getPort() + "/a.tar");
    serveForEver("/endless");
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void whatMayNotBeReachedIsNotFetched() {
    for (var url : new String[] {url("/a.tar"), url("/a.tar").replace("127.0.0.1", "localhost")}) {
      var problem = refusal("", url);
      assertTrue(problem.contains("is private to this machine or network"), problem);
      assertTrue(problem.contains(Targets.SETTING), problem);
    }
    assertEquals(0, asked.get());
  }

  @Test
  void aRedirectLeadsNoFurther() throws Exception {
    fetch("127.0.0.1", url("/moved"));
    assertEquals("x", Files.readString(home.resolve("source").resolve("file")));
    var problem = refusal("127.0.0.1", url("/inwards"));
    assertTrue(problem.contains("127.0.0.2 is private"), problem);
    assertTrue(refusal("127.0.0.1", url("/circle")).contains("redirected more than 5 times"));
  }

  @Test
  void whatIsSentHereIsHadWithoutAConnection() throws Exception {
    var key = uploads.reserve();
    uploads.store(key, new ByteArrayInputStream(tarball()));
    fetch("", "http://localhost:1/uploads/" + key);
    assertEquals("x", Files.readString(home.resolve("source").resolve("file")));
  }

  @Test
  void whatNeverEndsIsBrokenOff() {
    var begin = System.nanoTime();
    var problem = refusal("127.0.0.1", url("/endless"));
    assertTrue(problem.contains("can't be fetched: the connection broke"), problem);
    assertTrue(System.nanoTime() - begin < LONGEST.multipliedBy(3).toNanos());
  }

  private String refusal(String allowed, String url) {
    return assertThrows(UserError.class, () -> fetch(allowed, url)).problem().sentence();
  }

  private void fetch(String allowed, String url) throws IOException {
    try (var outbound = new Outbound(Targets.allowing(allowed), null)) {
      new TarballFetch(uploads, outbound, LONGEST)
          .unpack(new TarballSource(URI.create(url), "1", null), home.resolve("source"));
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void serve(String path, byte[] content) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
          }
        });
  }

  private void redirect(String path, String location) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().add("Location", location);
            exchange.sendResponseHeaders(302, -1);
          }
        });
  }

  /// Never silent for long, and never done.
  private void serveForEver(String path) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(headerOfALargeFile());
            while (true) {
              exchange.getResponseBody().write('x');
              exchange.getResponseBody().flush();
              Thread.sleep(100);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static byte[] headerOfALargeFile() {
    var header = new byte[512];
    var entry = new TarArchiveEntry("file");
    entry.setSize(1024 * 1024 * 1024);
    entry.writeEntryHeader(header);
    return header;
  }

  private static byte[] tarball() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      var entry = new TarArchiveEntry("file");
      entry.setSize(1);
      tar.putArchiveEntry(entry);
      tar.write('x');
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }
}
