package dev.slipway.faults;

import static dev.slipway.faults.TestHosts.name;
import static dev.slipway.faults.TestHosts.run;
import static dev.slipway.faults.TestHosts.succeeds;
import static dev.slipway.faults.TestHosts.withKey;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A database on one host and its standby on another, that change places while somebody writes.
/// Each test goes on where the one before it stopped.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StandbyIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// The images come there first.
  private static final Duration MADE = Duration.ofMinutes(5);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final TestHosts hosts = TestHosts.up(1);
  private final FaultApp app = FaultApp.create();
  private final Set<String> before = kept();
  private String database = "";
  private String url = "";
  private String config = "";
  private String first = "";

  @BeforeAll
  void make() {
    succeeds(withKey(hosts.join(1)));
    await("a database is begun", PATIENCE, this::begin);
    await("it is there", MADE, () -> addon().equals("provisioned"));
    config = Api.get(app.path("config-vars")).body();
    url = Api.get(app.path("config-vars")).json().path("DATABASE_URL").asString();
    sql(url, "CREATE TABLE kept (x bigint PRIMARY KEY)");
  }

  /// The host takes none before its agent has come.
  private boolean begin() {
    var wanted = Map.of("plan", "heroku-postgresql:mini", "config", Map.of("host", name(1)));
    var answer = Api.call("POST", app.path("addons"), Api.json(wanted));
    assertEquals(201, answer.status(), answer.body());
    database = answer.json().path("name").asString();
    Host.pause(Duration.ofSeconds(2));
    if (addon().equals("deprovisioned")) {
      Api.call("DELETE", app.path("addons/" + database), null);
      return false;
    }
    return true;
  }

  private String addon() {
    return Api.get("/addons/" + database).json().path("state").asString();
  }

  @AfterAll
  void clean() {
    run("bin/hosts", "start", "1");
    try {
      app.close();
      await("its data is kept", PATIENCE, () -> kept().contains(database));
      await("its data is gone", PATIENCE, this::eraseAll);
    } finally {
      hosts.close();
    }
  }

  private boolean eraseAll() {
    var left = kept();
    left.removeAll(before);
    left.forEach(name -> Api.call("DELETE", "/postgres/v0/destroyed/" + name, null));
    return left.isEmpty();
  }

  private static Set<String> kept() {
    var names = new TreeSet<String>();
    Api.get("/postgres/v0/destroyed")
        .json()
        .forEach(each -> names.add(each.path("name").asString()));
    return names;
  }

  @Test
  @Order(1)
  void aStandbyIsMadeAndInStep() {
    var began = System.nanoTime();
    try (var writes = SteadyWrites.to(url)) {
      var said = succeeds("./slipway", "pg", "standby", "-a", app.name());
      Steady.note("standby made\t" + Steady.seconds(began));
      assertTrue(said.contains("in step"), said);
      assertEquals(0, writes.lost());
    }
    first = pair().path("standby").path("host").asString();
    assertNotEquals(name(1), first);
    assertTrue(info().contains("on " + first + ", in step"), info());
    assertEquals(name(1), pair().path("host").asString());
  }

  private JsonNode pair() {
    return JSON.readTree(Api.get("/client/v11/databases/" + database + "/standby").body());
  }

  private String info() {
    return run("./slipway", "heroku", "pg:info", "-a", app.name()).said();
  }

  /// Stopped without a word: its server hears nothing and knows nothing.
  @Test
  @Order(2)
  void writesGoOnWithoutAStandbyThatIsAway() {
    var standby = follower();
    try (var writes = SteadyWrites.to(url)) {
      await("it is written", PATIENCE, () -> writes.count() > 20);
      Host.docker("pause", standby);
      try {
        await("it is behind", PATIENCE, () -> !isInStep());
        var then = writes.count();
        await("it is written again", PATIENCE, () -> writes.count() > then + 20);
      } finally {
        Host.docker("unpause", standby);
      }
      await("it is in step again", PATIENCE, this::isInStep);
      writes.end();
      Steady.note("standby away: writes waited\t" + seconds(writes.longestPause()));
      assertEquals(0, writes.lost());
    }
  }

  private String follower() {
    return Host.docker("ps", "--format", "{{.Names}}", "--filter", "name=slipway-standby-");
  }

  private boolean isInStep() {
    return pair().path("standby").path("in_step").asBoolean(false);
  }

  private static String seconds(Duration time) {
    return "%.1f".formatted(time.toMillis() / 1000.0);
  }

  @Test
  @Order(3)
  void clientsOfThePoolerWaitWhileTheStandbyTakesOver() {
    failOverUnderWrites(first);
  }

  @Test
  @Order(4)
  void whatWasTheServerIsTheStandbyAndTakesOverAgain() {
    await("the old server is in step", PATIENCE, this::isInStep);
    failOverUnderWrites(name(1));
    await("the other one is in step", PATIENCE, this::isInStep);
  }

  private void failOverUnderWrites(String to) {
    try (var writes = SteadyWrites.to(url)) {
      await("it is written", PATIENCE, () -> writes.count() > 50);
      var began = System.nanoTime();
      var said = succeeds("./slipway", "pg", "failover", "--confirm", app.name(), "-a", app.name());
      var took = Steady.seconds(began);
      assertTrue(said.contains(" is on " + to), said);
      var then = writes.count();
      await("it is written there", PATIENCE, () -> writes.count() > then + 50);
      writes.end();
      requireAll(writes, "failover in " + took + " s, both hosts alive");
      assertEquals(0, writes.lost(), "connections lost");
      assertTrue(writes.longestPause().compareTo(LONGEST_PAUSE) <= 0, writes.longestPause() + "");
    }
    assertEquals(config, Api.get(app.path("config-vars")).body());
    var direct = Api.get(app.path("config-vars")).json().path("DATABASE_DIRECT_URL").asString();
    assertEquals("f", sql(direct, "SELECT pg_is_in_recovery()"));
  }

  private void requireAll(SteadyWrites writes, String what) {
    var acknowledged = writes.rows();
    var there = new TreeSet<Long>();
    sql(url, "SELECT x FROM kept").lines().map(Long::valueOf).forEach(there::add);
    var missing = acknowledged.stream().filter(row -> !there.contains(row)).count();
    Steady.note(
        what
            + "\trows acknowledged\t"
            + acknowledged.size()
            + "\tlost\t"
            + missing
            + "\tlongest pause\t"
            + seconds(writes.longestPause())
            + "\tconnections lost\t"
            + writes.lost());
    assertEquals(0, missing);
  }

  @Test
  @Order(5)
  void withItsHostDeadTheStandbyTakesOverWithoutLoss() {
    try (var writes = SteadyWrites.to(url)) {
      await("it is written", PATIENCE, () -> writes.count() > 50);
      var began = System.nanoTime();
      succeeds("bin/hosts", "kill", "1");
      await("it is said", PATIENCE, () -> info().contains("Away: host " + name(1)));
      var said = succeeds("./slipway", "pg", "failover", "--confirm", app.name(), "-a", app.name());
      assertTrue(said.contains(" is on " + first), said);
      var then = writes.count();
      await("it is written there", PATIENCE, () -> writes.count() > then + 50);
      Steady.note("host of a database dead, standby took over\t" + Steady.seconds(began));
      writes.end();
      requireAll(writes, "failover, host dead");
    }
    assertEquals(config, Api.get(app.path("config-vars")).body());
  }

  @Test
  @Order(6)
  void theHostThatComesBackHasTheStandby() {
    succeeds("bin/hosts", "start", "1");
    await("it is in step", PATIENCE, this::isInStep);
    assertEquals(first, pair().path("host").asString());
    assertEquals("", hosts.on(1, "docker ps -aq --filter name=slipway-postgres-"));
    var said =
        succeeds(
            "./slipway", "pg", "standby", "--remove", "--confirm", app.name(), "-a", app.name());
    assertTrue(said.contains("no standby"), said);
    assertEquals("", hosts.on(1, "docker ps -aq --filter label=slipway.postgres"));
    assertEquals("1", sql(url, "SELECT 1"));
  }

  /// What a client in the dynos' network is answered.
  private static String sql(String url, String sql) {
    return Host.docker(
        "run",
        "--rm",
        "--label",
        "slipway.test",
        "--network",
        "slipway-dynos",
        "--entrypoint",
        "psql",
        "slipway-pgbouncer",
        url,
        "-qAtc",
        sql);
  }
}
