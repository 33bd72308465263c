package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AppId;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `heroku logs` with each of its options.
@Timeout(120)
class HerokuLogsTest extends OneHerokuCli {
  private AppId app;

  @BeforeEach
  void start() throws Exception {
    api.deployed("orders");
    app = api.apps.get("orders").id();
    for (var number = 1; number <= 20; number++) {
      api.logs.add(app, Instant.now(), "app", "web." + (number % 2 + 1), "line " + number);
    }
    api.logs.add(app, Instant.now(), "app", "worker.1", "job done");
    api.logs.platform(app, "web.1", "State changed from starting to up");
    api.logs.platform(app, "router", "at=info method=GET path=\"/\" status=200");
  }

  @Test
  void optionsChooseAndCombine() throws Exception {
    var five = cli.heroku("logs", "-n", "5", "-a", "orders");
    assertEquals(5, five.lines().count(), five);
    assertTrue(five.contains("line 19") && !five.contains("line 17"), five);
    var dyno = cli.heroku("logs", "-d", "web.1", "-a", "orders");
    assertEquals(11, dyno.lines().count(), dyno);
    var type = cli.heroku("logs", "--process-type", "web", "-a", "orders");
    assertEquals(21, type.lines().count(), type);
    var source = cli.heroku("logs", "--source", "app", "--dyno-name", "web.1", "-a", "orders");
    assertEquals(10, source.lines().count(), source);
    var platform = cli.heroku("logs", "-s", "heroku", "-a", "orders");
    assertEquals(2, platform.lines().count(), platform);
    assertFalse(platform.contains("\u001b["), platform);
    cli.set("FORCE_COLOR", "1");
    assertTrue(cli.heroku("logs", "-s", "heroku", "-a", "orders").contains("\u001b["));
  }

  @Test
  void wrongOptionsSayWhatIsRight() throws Exception {
    cli.fails("the sources are app and heroku", "logs", "-s", "nonesuch", "-a", "orders");
    cli.fails(
        "There is no dyno or process type of that name", "logs", "-d", "wob.1", "-a", "orders");
    cli.fails(
        "There is no dyno or process type of that name",
        "logs",
        "-p",
        "wob",
        "--tail",
        "-a",
        "orders");
    cli.fails("lines must not be negative", "logs", "-n", "-5", "-a", "orders");
  }

  @Test
  void aTailOfOneDynoGoesOn() throws Exception {
    var tail = cli.start("logs", "--tail", "-d", "web.2", "-s", "app", "-n", "1", "-a", "orders");
    try (var lines =
        new BufferedReader(new InputStreamReader(tail.getInputStream(), StandardCharsets.UTF_8))) {
      assertTrue(lines.readLine().endsWith("app[web.2]: line 19"));
      api.logs.add(app, Instant.now(), "app", "web.1", "not for it");
      api.logs.add(app, Instant.now(), "app", "web.2", "for it");
      assertTrue(lines.readLine().endsWith("app[web.2]: for it"));
    } finally {
      tail.destroy();
    }
  }
}
