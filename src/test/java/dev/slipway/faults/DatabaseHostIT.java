package dev.slipway.faults;

import static dev.slipway.faults.TestHosts.PATIENCE;
import static dev.slipway.faults.TestHosts.name;
import static dev.slipway.faults.TestHosts.run;
import static dev.slipway.faults.TestHosts.succeeds;
import static dev.slipway.faults.TestHosts.withKey;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
import org.junit.jupiter.api.io.TempDir;

/// A database on another host than control's, whose host is lost. Each test goes on where the one
/// before it stopped.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DatabaseHostIT {
  /// The images come there first.
  private static final Duration MADE = Duration.ofMinutes(5);

  private static final int UNAVAILABLE = 8;
  private static final Set<String> DYNOS = Set.of("web.1", "web.2", "web.3", "web.4");
  private static final String DOWN = "host slipway-test-1 is down";

  private final TestHosts hosts = TestHosts.up(2);
  private final FaultApp app = FaultApp.create();
  private final Set<String> before = kept();
  @TempDir Path directory;
  private String database = "";
  private String id = "";
  private Instant saved = Instant.EPOCH;

  @BeforeAll
  void join() {
    for (var number : List.of(1, 2)) {
      succeeds(withKey(hosts.join(number)));
    }
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
  void aDatabaseIsMadeOnTheHostThatIsNamed() {
    var began = System.nanoTime();
    database = create(Map.of("host", name(1)));
    Steady.note("database made on another host\t" + Steady.seconds(began));
    var url = Api.get(app.path("config-vars")).json().path("DATABASE_DIRECT_URL").asString();
    var server = url.replaceFirst(".*@([^:]*):.*", "$1");
    var label = "{{index .Config.Labels \"slipway.postgres\"}}";
    id = hosts.on(1, "docker inspect --format '" + label + "' " + server);
    assertTrue(hosts.on(1, "ls /var/lib/slipway/postgres/" + id + "/data").contains("PG_VERSION"));
    assertEquals("", Host.docker("ps", "--quiet", "--filter", "label=slipway.postgres=" + id));
    assertTrue(info().contains("Host: " + name(1)), info());
  }

  private String create(Map<String, String> options) {
    var wanted = Map.of("plan", "heroku-postgresql:mini", "config", options);
    var answer = Api.call("POST", app.path("addons"), Api.json(wanted));
    assertEquals(201, answer.status(), answer.body());
    var its = answer.json().path("name").asString();
    await(
        its + " is there",
        MADE,
        () -> Api.get("/addons/" + its).json().path("state").asString().equals("provisioned"));
    return its;
  }

  private String info() {
    var info = asked();
    assertTrue(info.contains("Plan:"), info);
    return info;
  }

  private String asked() {
    return said("pg:info", "-a", app.name());
  }

  /// What the stock client says, whose tables have columns.
  private static String said(String... words) {
    var command = new ArrayList<>(List.of("./slipway", "heroku"));
    command.addAll(List.of(words));
    return run(command).said().replaceAll(" +", " ");
  }

  @Test
  @Order(2)
  void dynosOnAllHostsReadAndWriteIt() {
    assertEquals("", psql("CREATE TABLE dynos (name text PRIMARY KEY);"));
    var push = app.push(Sources.withDatabase("one"));
    assertTrue(push.accepted(), push.output());
    var four = Api.json(Map.of("quantity", DYNOS.size()));
    assertEquals(200, Api.call("PATCH", app.path("formation/web"), four).status());
    await("all dynos run", PATIENCE, () -> hosts.allDynos() == DYNOS.size());
    app.settle();
    assertTrue(hosts.dynos(1) > 0 && hosts.dynos(2) > 0 && ownDynos() > 0);
    await("all have written", PATIENCE, () -> written().equals(DYNOS));
  }

  private int ownDynos() {
    return DYNOS.size() - hosts.dynos(1) - hosts.dynos(2);
  }

  /// As the dyno that answers reads it.
  private Set<String> written() {
    var words = app.get("/").body().strip().split(" ", -1);
    return words.length < 4 ? Set.of() : new TreeSet<>(List.of(words[3].split(",", -1)));
  }

  /// The command reads SQL where nobody types.
  private String psql(String sql) {
    var script = directory.resolve("script");
    try {
      Files.writeString(script, sql + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return succeeds(withKey("./slipway pg psql -a " + app.name() + " <" + script)).strip();
  }

  @Test
  @Order(3)
  void itIsAskedAndBackedUpThere() {
    assertTrue(psql("TABLE dynos").contains("web.4"));
    assertTrue(succeeds("./slipway", "pg", "table-size", "-a", app.name()).contains("dynos"));
    var captured = succeeds("./slipway", "pg", "backups", "capture", "-a", app.name());
    assertTrue(captured.contains("completed"), captured);
    var drilled = succeeds("./slipway", "pg", "backups", "drill", "-a", app.name());
    assertTrue(drilled.contains("all changes up to the drill are there"), drilled);
    var dump = succeeds(withKey("./slipway pg backups dump -a " + app.name()));
    assertTrue(dump.startsWith("PGDMP"), dump);
    saved = Instant.now();
    assertEquals("", psql("DROP TABLE dynos; CREATE TABLE dynos (name text PRIMARY KEY)"));
    restore(saved, "");
  }

  /// The new database's name.
  private String restore(Instant at, String more) {
    var command = "./slipway pg restore --at " + at + " -a " + app.name() + more;
    return succeeds(List.of("sh", "-c", command)).split(" ", 2)[0];
  }

  @Test
  @Order(4)
  void whenItsHostIsLostThatIsSaidAtOnce() {
    succeeds("sh", "-c", copy("backups/" + id, 1, 2));
    var began = System.nanoTime();
    succeeds("bin/hosts", "kill", "1");
    await("it is said", PATIENCE, () -> asked().contains("Away: " + DOWN));
    Steady.note("host of a database lost: it is said\t" + Steady.seconds(began));
    assertTrue(info().contains("/var/lib/slipway/backups/" + id), info());
    assertTrue(info().contains("./slipway pg restore"), info());
    for (var word : List.of("ps", "psql", "backups capture", "backups drill", "backups dump")) {
      var refused = run(List.of("sh", "-c", "./slipway pg " + word + " -a " + app.name()));
      assertEquals(UNAVAILABLE, refused.status(), refused.said());
      assertTrue(refused.said().contains("is away, because " + DOWN), refused.said());
    }
    var status = run("./slipway", "status");
    assertEquals(1, status.status(), status.said());
    assertTrue(status.said().contains(database + ": " + DOWN), status.said());
    await("the app's log says it", PATIENCE, () -> log().contains("because " + DOWN));
  }

  /// The command by which somebody copies it from one host to another.
  private static String copy(String what, int from, int to) {
    var ssh = "bin/hosts ssh ";
    var at = " 'tar --numeric-owner -C /var/lib/slipway -c";
    return ssh + from + at + "f - " + what + "' | " + ssh + to + at.replace(" -c", " -x") + "pf -'";
  }

  private String log() {
    return succeeds("./slipway", "heroku", "logs", "-a", app.name(), "-n", "200");
  }

  @Test
  @Order(5)
  void itIsRestoredElsewhereFromACopyOfItsBackups() {
    var refused = run("sh", "-c", "./slipway pg restore --at " + saved + " -a " + app.name());
    assertNotEquals(0, refused.status());
    assertTrue(refused.said().contains(DOWN), refused.said());
    var began = System.nanoTime();
    var restored = restore(saved, " --host " + name(2));
    Steady.note("database restored on another host\t" + Steady.seconds(began));
    succeeds("./slipway", "heroku", "pg:promote", restored, "-a", app.name());
    await("what was saved is there", PATIENCE, () -> app.serves() && written().equals(DYNOS));
    assertTrue(info().contains("Host: " + name(2)), info());
  }

  @Test
  @Order(6)
  void withItsHostItComesBackByItself() {
    var began = System.nanoTime();
    succeeds("bin/hosts", "start", "1");
    await("it can be used", PATIENCE, () -> available(database));
    Steady.note("host of a database back: it can be used\t" + Steady.seconds(began));
    assertEquals(0, run("./slipway", "status").status());
    await("the log says it", PATIENCE, () -> log().contains(database + " are well again"));
  }

  private boolean available(String its) {
    var said = said("pg:info", its, "-a", app.name());
    return said.contains("Status: Available") && said.contains("Connections:");
  }
}
