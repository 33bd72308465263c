package dev.slipway.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadTest {
  private static final Duration SHORT = Duration.ofMillis(600);

  @Test
  void everyRequestIsAnsweredOnceAtTheRateAsked() throws Exception {
    try (var app = new AppServer().on("/echo", AppServer.status(200))) {
      var answered = new ArrayList<String>();
      var report =
          Load.start(plan(app).withRate(100, 4).withHost("chat.localhost"), answered::add).await();

      assertEquals(60, report.sent());
      assertEquals(60, report.answered());
      assertEquals(0, report.lost());
      assertEquals(new HashSet<>(app.requestIds()), new HashSet<>(answered));
      assertEquals(60, app.requestIds().size());
      assertEquals(Set.of("chat.localhost"), new HashSet<>(app.hosts()));
      assertTrue(report.quick().p99().isPositive());
      assertTrue(report.quick().mean().isPositive());
      assertTrue(report.quick().mean().compareTo(report.quick().longest()) <= 0);
      assertEquals(60, report.seconds().stream().mapToLong(LoadReport.Second::answered).sum());
    }
  }

  @Test
  void asFastAsTheyGoSendsMoreThanAPaceWould() throws Exception {
    try (var app = new AppServer().on("/echo", AppServer.status(204))) {
      var report = Load.start(plan(app).withRate(0, 4)).await();

      assertEquals(0, report.lost());
      assertTrue(report.answered() > 100, () -> "answered " + report.answered());
    }
  }

  @Test
  void aStatusThatIsNotTwoHundredIsALossWithItsReason() throws Exception {
    var count = new AtomicInteger();
    try (var app =
        new AppServer()
            .on(
                "/echo",
                exchange ->
                    exchange.sendResponseHeaders(
                        count.incrementAndGet() % 10 == 0 ? 503 : 200, -1))) {
      var report = Load.start(plan(app).withRate(100, 2)).await();

      assertEquals(54, report.answered());
      assertEquals(6, report.lost());
      assertEquals(6, report.firstLosses().size());
      assertEquals(Map.of("HTTP 503", 6L), report.reasons());
      assertEquals("HTTP 503", report.firstLosses().getFirst().reason());
      assertEquals("/echo", report.firstLosses().getFirst().path());
    }
  }

  @Test
  void aResetIsALossAndIsNotSentAgain() throws Exception {
    var accepted = new AtomicInteger();
    try (var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var server = Thread.ofVirtual().start(() -> resetAll(socket, accepted));
      var target = URI.create("http://127.0.0.1:" + socket.getLocalPort());
      var report = Load.start(LoadPlan.on(target).withRate(50, 2).withDuration(SHORT)).await();

      assertEquals(30, report.sent());
      assertEquals(30, report.lost());
      assertEquals(30, accepted.get());
      assertEquals(20, report.firstLosses().size());
      assertTrue(server.isAlive());
    }
  }

  @Test
  void aServerThatIsAwayIsALossEachTime() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var target = URI.create("http://127.0.0.1:" + port);
    var report = Load.start(LoadPlan.on(target).withRate(20, 2).withDuration(SHORT)).await();

    assertEquals(12, report.lost());
    assertTrue(report.firstLosses().getFirst().reason().startsWith("can't connect"));
    assertTrue(report.longestPause().compareTo(Duration.ofMillis(500)) > 0);
  }

  @Test
  void anAnswerThatBreaksOffIsALoss() throws Exception {
    try (var app =
        new AppServer()
            .on(
                "/echo",
                exchange -> {
                  exchange.sendResponseHeaders(200, 1000);
                  exchange.getResponseBody().write(1);
                  exchange.getResponseBody().flush();
                })) {
      var report = Load.start(plan(app).withRate(20, 2)).await();

      assertEquals(0, report.answered());
      assertEquals(12, report.lost());
    }
  }

  @Test
  void anAnswerThatIsTooLateIsALoss() throws Exception {
    try (var app = new AppServer().on("/echo", _ -> Thread.sleep(2000))) {
      var late = plan(app).withRate(5, 4).withTimeout(Duration.ofMillis(100));
      var report = Load.start(late).await();

      assertEquals(3, report.lost());
      assertTrue(report.firstLosses().getFirst().reason().startsWith("timed out"));
    }
  }

  @Test
  void stopWaitsForSlowRequestsInFlight() throws Exception {
    try (var app =
        new AppServer()
            .on("/echo", AppServer.status(200))
            .on(
                "/slow",
                exchange -> {
                  Thread.sleep(500);
                  exchange.sendResponseHeaders(200, -1);
                })) {
      var endless =
          plan(app)
              .withDuration(Duration.ofHours(1))
              .withSlow(LoadPlan.Request.get("/slow"), 0.25)
              .withRate(50, 4);
      var load = Load.start(endless);
      Thread.sleep(200);
      var running = load.report();
      var report = load.stop();

      assertEquals(1, running.slow().inFlight());
      assertEquals(1, report.slow().answered());
      assertEquals(0, report.quick().inFlight() + report.slow().inFlight());
      assertEquals(0, report.lost());
      assertTrue(report.slow().p50().compareTo(Duration.ofMillis(490)) > 0);
      assertTrue(report.longestPause().compareTo(Duration.ofMillis(250)) < 0, report::toString);
      assertEquals(report, load.stop());
    }
  }

  @Test
  void aStallShowsInEveryRequestThatItHeldUp() throws Exception {
    var first = new AtomicInteger();
    try (var app =
        new AppServer()
            .on(
                "/echo",
                exchange -> {
                  if (first.getAndIncrement() == 0) {
                    Thread.sleep(400);
                  }
                  exchange.sendResponseHeaders(200, -1);
                })) {
      var report = Load.start(plan(app).withRate(50, 1)).await();

      assertTrue(report.quick().p50().compareTo(Duration.ofMillis(80)) > 0, report::toString);
      assertTrue(report.longestPause().compareTo(Duration.ofMillis(390)) > 0, report::toString);
    }
  }

  @Test
  void plansThatCannotBeCarriedOutAreRefused() {
    var good = LoadPlan.on(URI.create("http://localhost"));
    for (var wrong :
        List.<Runnable>of(
            () -> LoadPlan.on(URI.create("ftp://localhost")),
            () -> LoadPlan.on(URI.create("/path")),
            () -> good.withRate(-1, 1),
            () -> good.withRate(1, 0),
            () -> good.withDuration(Duration.ZERO),
            () -> good.withTimeout(Duration.ZERO),
            () -> good.withSlow(LoadPlan.Request.get("/slow"), 1.5),
            () -> LoadPlan.Request.get("slow"))) {
      assertThrows(IllegalArgumentException.class, wrong::run);
    }
  }

  private static LoadPlan plan(AppServer app) {
    return LoadPlan.on(app.uri()).withDuration(SHORT);
  }

  private static void resetAll(ServerSocket socket, AtomicInteger accepted) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        var connection = socket.accept();
        accepted.incrementAndGet();
        connection.getInputStream().read();
        connection.setSoLinger(true, 0);
        connection.close();
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
