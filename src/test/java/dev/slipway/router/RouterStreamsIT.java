package dev.slipway.router;

import static dev.slipway.router.RouterFixture.app;
import static dev.slipway.router.RouterFixture.route;
import static dev.slipway.router.TestDyno.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Answers that take their time.
@Tag("docker")
class RouterStreamsIT extends OneRouter {
  private static final String CHUNKED_EVENTS =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

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
}
