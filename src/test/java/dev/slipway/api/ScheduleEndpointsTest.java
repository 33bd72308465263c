package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.accounts.Scope;
import dev.slipway.cli.ScheduleCommand;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.install.AppSchedules;
import dev.slipway.testing.Await;
import io.javalin.http.HandlerType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Schedules through the API, and by the command.
class ScheduleEndpointsTest {
  private static final String SCHEDULES = "/apps/orders/schedules";

  private @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
    api.deployed("orders");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void aScheduleTellsWhenItRunsNext() {
    var added =
        api.send(
            "POST",
            SCHEDULES,
            "{\"schedule\":\"daily at 04:30\",\"zone\":\"Europe/Berlin\",\"command\":\"web --once\","
                + "\"name\":\"report\",\"size\":\"standard-2x\",\"overlap\":\"replace\",\"grace\":60}");
    assertEquals(201, added.status(), added::text);
    var shown = api.get(SCHEDULES + "/report").json();
    assertEquals(added.json(), shown);
    assertEquals("30 4 * * *", shown.path("cron").stringValue());
    assertEquals("Europe/Berlin", shown.path("zone").stringValue());
    assertEquals("replace", shown.path("overlap").stringValue());
    assertEquals("Standard-2X", shown.path("size").stringValue());
    assertEquals(60, shown.path("grace").intValue());
    assertEquals(3, shown.path("next_runs").size());
    assertTrue(shown.path("last_run").isNull());
    var disabled = api.send("PATCH", SCHEDULES + "/report", "{\"enabled\":false}").json();
    assertEquals(0, disabled.path("next_runs").size());
    assertEquals(1, api.get(SCHEDULES).json().size());
    assertEquals(200, api.send("DELETE", SCHEDULES + "/report", null).status());
    assertEquals(0, api.get(SCHEDULES).json().size());
  }

  @Test
  void whatCannotBeIsRefused() {
    refused(422, "every 10 minutes", "{\"schedule\":\"soon\",\"command\":\"ls\"}");
    refused(422, "time zone", "{\"schedule\":\"hourly\",\"zone\":\"Mars\",\"command\":\"ls\"}");
    refused(422, "Missing command", "{\"schedule\":\"hourly\"}");
    refused(422, "Missing schedule", "{\"command\":\"ls\"}");
    refused(422, "overlap", "{\"schedule\":\"hourly\",\"command\":\"ls\",\"overlap\":\"queue\"}");
    refused(422, "grace", "{\"schedule\":\"hourly\",\"command\":\"ls\",\"grace\":1}");
    refused(422, "name", "{\"schedule\":\"hourly\",\"command\":\"ls\",\"name\":\"A b\"}");
    var named = "{\"schedule\":\"hourly\",\"command\":\"ls\",\"name\":\"a\"}";
    assertEquals(201, api.send("POST", SCHEDULES, named).status());
    refused(409, "already", named);
    assertEquals(404, api.get(SCHEDULES + "/b").status());
    assertEquals(404, api.send("POST", SCHEDULES + "/b/runs", null).status());
    assertEquals(422, api.send("PATCH", SCHEDULES + "/a", "{}").status());
    var others = api.bare("GET", SCHEDULES, null, "Authorization", "Bearer " + TestApi.OTHER_KEY);
    assertEquals(404, others.status());
  }

  private void refused(int status, String message, String body) {
    var answer = api.send("POST", SCHEDULES, body);
    assertEquals(status, answer.status(), answer::text);
    assertTrue(answer.json().path("message").stringValue().contains(message), answer::text);
  }

  @Test
  void whoeverAddsOneMayRunCommands() {
    var path = "/apps/{app}/schedules";
    assertEquals(Scope.Need.WRITE_PROTECTED, ScopeRules.need(HandlerType.POST, path));
    assertEquals(Scope.Need.READ, ScopeRules.need(HandlerType.GET, path));
    assertEquals(Scope.Need.WRITE, ScopeRules.need(HandlerType.PATCH, path + "/{schedule}"));
  }

  @Test
  void theCommandAddsRunsAndShowsThem() {
    var added = slipway("add", "hourly at :30", "--name", "sync", "-a", "orders", "--", "exit 3");
    assertTrue(added.matches("0 sync runs `exit 3` first at .*:30:00Z\\."), added);
    assertTrue(
        slipway("add", "hourly", "-a", "orders", "--", "sh", "-c", "echo 'a b'")
            .contains("job-1 runs `sh -c 'echo '\\''a b'\\'''` first at "));
    var run = slipway("run", "sync", "-a", "orders");
    assertTrue(run.matches("(?s)0 sync runs as scheduler\\.[0-9]{4}\\..*"), run);
    Await.await(() -> slipway("history", "sync", "-a", "orders").contains(" failed "));
    var history = slipway("history", "sync", "-a", "orders");
    assertTrue(history.matches("(?s).* failed +3 +scheduler\\.[0-9]{4} .* by hand"), history);
    var dyno = history.replaceAll("(?s).*(scheduler\\.[0-9]{4}).*", "$1");
    var lines = slipway("history", "sync", "--run", dyno, "-a", "orders");
    assertTrue(lines.contains("Starting process with command `exit 3`"), lines);
    assertTrue(lines.contains("Process exited with status 3"), lines);
    var list = slipway("list", "-a", "orders");
    assertTrue(list.contains("hourly at :30"), list);
    assertTrue(list.contains("failed (3)"), list);
    assertEquals(
        2, TestApi.JSON.readTree(slipway("list", "--json", "-a", "orders").substring(2)).size());
    assertTrue(slipway("disable", "sync", "-a", "orders").startsWith("0 sync is run by the clock"));
    assertTrue(slipway("list", "-a", "orders").contains("disabled"));
    assertTrue(slipway("enable", "sync", "-a", "orders").startsWith("0 sync runs next at "));
    assertEquals("0 sync is removed.", slipway("remove", "sync", "-a", "orders"));
    assertTrue(slipway("remove", "sync", "-a", "orders").startsWith("4 Couldn't find that sched"));
    assertTrue(slipway("list").startsWith("2 Which app?"));
  }

  private String slipway(String... arguments) {
    var out = new ByteArrayOutputStream();
    var command =
        new ScheduleCommand(
            () -> new AppSchedules(api.url(), new Secret(TestApi.KEY)),
            new PrintStream(out, true, StandardCharsets.UTF_8));
    var line = new CommandLine(command);
    var problem = new StringBuilder();
    line.setExecutionExceptionHandler((failure, _, _) -> {
      var known = ((UserError) failure).problem();
      problem.append(known.sentence());
      return known.code().exitCode();
    });
    var exit = line.execute(List.of(arguments).toArray(new String[0]));
    return exit + " " + (out.toString(StandardCharsets.UTF_8) + problem).strip();
  }
}
