package dev.slipway.router;

import static dev.slipway.router.RouterFixture.app;
import static dev.slipway.router.RouterFixture.id;
import static dev.slipway.router.RouterFixture.route;
import static dev.slipway.router.TestDyno.answer;
import static dev.slipway.router.TestDyno.bytes;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.slipway.core.AppName;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a router does for control, and without it.
@Tag("docker")
class RouterControlIT extends OneRouter {
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
}
