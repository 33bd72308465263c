package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/// Schedules on the machine that is up: a run that a person asks for, and a tick in the midst of
/// which control is killed.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScheduleIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// Longer than control takes to be back and to look.
  private static final Duration QUIET = Duration.ofSeconds(8);

  private final FaultApp app = FaultApp.serving("good");

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void aRunHasItsStatusAndItsLines() {
    add("once", "@yearly", "echo hello from $DYNO; exit 3");
    assertEquals(201, Api.call("POST", app.path("schedules/once/runs"), null).status());
    await("the run's end", LIMIT, () -> runs("once").getFirst().path("exit_status").isNumber());
    var run = runs("once").getFirst();
    var dyno = run.path("dyno").path("name").asString();
    assertEquals(3, run.path("exit_status").asInt());
    assertEquals("failed", run.path("state").asString());
    assertTrue(dyno.matches("scheduler\\.[0-9]{4}"), dyno);
    var log = Api.get(app.path("schedules/once/runs/" + dyno + "/log")).body();
    assertTrue(log.contains("app hello from " + dyno), log);
    assertTrue(log.contains("heroku Process exited with status 3"), log);
  }

  @Test
  void aTickRunsOnceWhenControlIsKilledInTheMidst() {
    Host.awaitLongLife(Host.CONTROL);
    var tick = Instant.now().truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    add("minutely", "every minute", "echo tick; sleep 3");
    Host.pause(Duration.between(Instant.now(), tick));
    await("the tick is taken", LIMIT, () -> !runs("minutely").isEmpty());
    Host.kill(Host.CONTROL);
    await("the API is back", LIMIT, Api::answers);
    await(
        "the run's end",
        LIMIT,
        () -> runs("minutely").getLast().path("state").asString().equals("succeeded"));
    Host.pause(QUIET);
    var runs = runs("minutely");
    assertEquals(1, runs.size(), runs::toString);
    assertEquals(tick.toString(), runs.getFirst().path("due_at").asString());
    var dyno = runs.getFirst().path("dyno").path("name").asString();
    var log = Api.get(app.path("schedules/minutely/runs/" + dyno + "/log")).json();
    var ticks =
        log.path("lines")
            .valueStream()
            .filter(line -> line.asString().endsWith("app tick"))
            .count();
    assertEquals(1, ticks, log::toString);
    assertEquals(200, Api.call("DELETE", app.path("schedules/minutely"), null).status());
  }

  private void add(String name, String when, String command) {
    var wanted = Map.of("name", name, "schedule", when, "command", command);
    var answer = Api.call("POST", app.path("schedules"), Api.json(wanted));
    assertEquals(201, answer.status(), answer.body());
  }

  private List<JsonNode> runs(String name) {
    var answer = Api.get(app.path("schedules/" + name + "/runs"));
    assertEquals(200, answer.status(), answer.body());
    return StreamSupport.stream(answer.json().spliterator(), false).toList();
  }
}
