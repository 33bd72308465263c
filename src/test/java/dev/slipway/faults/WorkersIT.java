package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/// A worker that crashes again and again, and does not heed SIGTERM, on the machine that is up.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WorkersIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final FaultApp app = FaultApp.create();

  WorkersIT() {
    app.configure(Map.of("SLIPWAY_STOP_TIMEOUT", "30,worker=2"));
    var push = app.push(Sources.withWorker("good", "trap '' TERM; sleep 1000"));
    assertTrue(push.accepted(), push.output());
    scale(1);
  }

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  @Order(1)
  void aWorkerThatCrashesTwiceIsHeldBackUntilItIsRestarted() {
    var began = System.nanoTime();
    crashTwice();
    var held = worker();
    assertEquals("crashed", held.path("state").asString());
    assertEquals(2, held.path("crashes").asInt());
    var next = Instant.parse(held.path("starts_at").asString());
    assertTrue(next.isAfter(Instant.now()), held::toString);
    var log = log();
    assertTrue(log.contains("Starts again at " + next + ", after crash 2 in a row"), log);
    assertTrue(app.serves());
    var restarted = Api.call("DELETE", app.path("dynos/worker.1"), null);
    assertEquals(202, restarted.status(), restarted.body());
    await("it is up", LIMIT, () -> isUp() && worker().path("crashes").asInt() == 0);
    app.settle();
    Steady.note("worker crashes twice, ps:restart\t" + Steady.seconds(began));
  }

  @Test
  @Order(2)
  void aWorkerThatDoesNotHeedIsInTheReceipt() {
    scale(0);
    await("the receipt tells it", LIMIT, () -> !receipt().path("killed").isEmpty());
    var worker = receipt();
    assertEquals(1, worker.path("stopped").asInt(), worker::toString);
    assertEquals(0, worker.path("ending").asInt(), worker::toString);
    var killed = worker.path("killed").get(0);
    assertEquals("worker.1", killed.path("dyno").asString());
    assertTrue(killed.path("seconds").asDouble() >= 2, killed::toString);
    assertTrue(killed.path("seconds").asDouble() < 6, killed::toString);
    assertTrue(log().contains("Error R12 (Exit timeout)"), this::log);
  }

  @Test
  @Order(3)
  @Tag("long")
  void aCoolOffOutlivesControl() {
    scale(1);
    crashTwice();
    Host.kill(Host.CONTROL);
    await("the API is back", LIMIT, Api::answers);
    var next = Instant.parse(worker().path("starts_at").asString());
    assertEquals("crashed", worker().path("state").asString());
    await("its time has come", Duration.ofSeconds(90), this::isUp);
    assertTrue(!Instant.now().isBefore(next));
    assertEquals(2, worker().path("crashes").asInt());
    assertTrue(worker().path("starts_at").isNull());
  }

  private void crashTwice() {
    kill();
    await("the engine has started it again", LIMIT, () -> containers().size() == 1);
    kill();
    await("it is held back", LIMIT, () -> !worker().path("starts_at").isNull());
    await("nothing of it runs", LIMIT, () -> containers().isEmpty());
  }

  private void kill() {
    var container = containers().getFirst();
    Host.kill(container);
    await("it is gone", LIMIT, () -> !containers().contains(container));
  }

  private List<String> containers() {
    return app.containers().stream().filter(name -> name.contains("-worker-")).toList();
  }

  private void scale(int quantity) {
    var wanted = Api.json(Map.of("quantity", quantity));
    var answer = Api.call("PATCH", app.path("formation/worker"), wanted);
    assertEquals(200, answer.status(), answer.body());
    await("as many workers", LIMIT, () -> containers().size() == quantity);
    app.settle();
  }

  private boolean isUp() {
    return worker().path("state").asString().equals("up");
  }

  private JsonNode worker() {
    return app.list("dynos").stream()
        .filter(dyno -> dyno.path("type").asString().equals("worker"))
        .findFirst()
        .orElseThrow();
  }

  /// What the newest rollout says of the workers.
  private JsonNode receipt() {
    return app.list("receipts")
        .getFirst()
        .path("processes")
        .valueStream()
        .filter(process -> process.path("type").asString().equals("worker"))
        .findFirst()
        .orElseThrow();
  }

  private String log() {
    var wanted = Map.of("dyno", "worker.1", "lines", 1000, "tail", false);
    var session = Api.call("POST", app.path("log-sessions"), Api.json(wanted));
    assertEquals(201, session.status(), session.body());
    return Api.get(URI.create(session.json().path("logplex_url").asString()).getPath()).body();
  }
}
