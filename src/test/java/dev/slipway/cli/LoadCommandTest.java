package dev.slipway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

class LoadCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final HttpServer server;

  LoadCommandTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void serve() {
    answer("/echo", 200);
    answer("/broken", 502);
    server.start();
  }

  @AfterEach
  void stopServing() {
    server.stop(0);
  }

  @Test
  void printsTheReportAndWritesTheIds(@TempDir Path folder) throws IOException {
    var ids = folder.resolve("ids");

    var exit = load(url("/echo"), "--rate=50", "--duration=400ms", "--ids=" + ids);

    assertEquals(0, exit, err::toString);
    assertTrue(out.toString().startsWith("20 requests in 0."), out::toString);
    assertEquals(20, Files.readAllLines(ids).stream().distinct().count());
  }

  @Test
  void lossesMakeTheExitCodeOne() {
    var exit = load(url("/broken"), "--rate=50", "--duration=200ms", "--json");

    assertEquals(1, exit);
    var report = new JsonMapper().readTree(out.toString());
    assertEquals(10, report.get("lost").asInt());
    assertEquals("HTTP 502", report.get("first_losses").get(0).get("reason").asString());
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertEquals(2, load(url("/echo"), "--rate=-1"));
    assertTrue(err.toString().contains("the rate must be 0 or more"), err::toString);
    assertEquals(2, load(url("/echo"), "--duration=soon"));
    assertTrue(err.toString().contains("write 500ms, 30s, 5m or 2h"), err::toString);
    assertEquals(2, load());
  }

  private int load(String... arguments) {
    return new CommandLine(new LoadCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void answer(String path, int status) {
    server.createContext(
        path,
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
  }
}
