package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.observe.LogFilter;
import dev.slipway.observe.LogLine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One-off dynos by the stock client, against the real server and rendezvous; commands are run by
/// this machine's shell. `OneOffIT` does the same on a real engine.
class HerokuRunTest extends OneHerokuCli {
  @BeforeEach
  void start() throws Exception {
    api.deployed("orders");
    api.send("PATCH", "/apps/orders/config-vars", "{\"GREETING\":\"hello\"}");
  }

  @Test
  void aCommandRunsAttachedAndItsStatusComesBack() throws Exception {
    var said = shell("heroku run -a orders -x -- 'echo $GREETING from $DYNO; exit 7'; echo =$?");
    assertTrue(said.matches("(?s).*hello from run\\.[0-9]{4}\n.*=7\n"), said);
    assertTrue(log().stream().anyMatch(line -> line.endsWith("Process exited with status 7")));
    assertTrue(
        log().stream()
            .anyMatch(line ->
                line.endsWith(
                    "Starting process with command `echo $GREETING from $DYNO; exit 7`")));
    assertEquals(
        0, api.get("/apps/orders/dynos?").json().valueStream().filter(HerokuRunTest::once).count());
    cli.passed("run");
  }

  private static boolean once(tools.jackson.databind.JsonNode dyno) {
    return dyno.get("type").stringValue().equals("run");
  }

  @Test
  void inputIsPipedToItsEndAndVariablesAreGiven() throws Exception {
    var said =
        shell(
            "printf 'one\\ntwo' | heroku run -a orders --no-tty --env 'A=1;B=two words'"
                + " --size standard-2x -x -- 'cat; echo; echo $A-$B'; echo =$?");
    assertTrue(said.contains("one\ntwo\n1-two words\n"), said);
    assertTrue(said.endsWith("=0\n"), said);
  }

  @Test
  void aWindowComesBySshWhereTheAppWantsIt() throws Exception {
    cli.says("", "labs:enable", "run-over-ssh", "-a", "orders");
    cli.says("run-over-ssh", "labs", "-a", "orders");
    for (var status : List.of(0, 7)) {
      var said =
          cli.inWindow(
              Map.of(),
              "heroku run -a orders -x -- 'echo $GREETING-$COLUMNS-; exit "
                  + status
                  + "'; echo =$?; printf 'one\\ntwo' | heroku run -a orders -- 'cat; echo; echo over'");
      assertTrue(said.matches("(?s).*hello--\\R.*=" + status + "\\R.*one\\Rtwo\\Rover.*"), said);
    }
    assertTrue(log().stream().anyMatch(line -> line.endsWith("Process exited with status 7")));
  }

  @Test
  void dynosAreRunDetachedShownAndStopped() throws Exception {
    cli.says("to view the output", "run:detached", "-a", "orders", "--", "sleep", "100");
    var name =
        api.get("/apps/orders/dynos")
            .json()
            .valueStream()
            .filter(HerokuRunTest::once)
            .findFirst()
            .orElseThrow()
            .get("name")
            .stringValue();
    cli.says("run: one-off processes (1) " + name + " (Standard-1X): ", "ps", "-a", "orders");
    cli.fails("a one-off dyno runs once", "ps:restart", "-d", name, "-a", "orders");
    cli.says("Stopping dyno " + name, "ps:stop", "-d", name, "-a", "orders");
    cli.fails("it is not up", "run:inside", "web.1", "ls", "-a", "orders");
    cli.fails("Couldn't find that process", "run:inside", "web.9", "ls", "-a", "orders");
    cli.fails("heroku run:inside web.1 bash", "ps:exec", "-a", "orders");
  }

  @Test
  void dynoTypesAreShownChangedAndWaitedFor() throws Exception {
    cli.says("web Standard-1X", "ps:type", "-a", "orders");
    cli.says("Standard-2X", "ps:type", "web=standard-2x", "-a", "orders");
    cli.says("", "ps:wait", "-a", "orders");
  }

  private String shell(String command) throws Exception {
    return cli.run("sh", "-c", command);
  }

  private List<String> log() {
    return api.logs.recent(api.apps.get("orders").id(), new LogFilter(null, null), 1000).stream()
        .map(LogLine::text)
        .toList();
  }
}
