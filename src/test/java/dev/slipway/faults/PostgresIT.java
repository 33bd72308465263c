package dev.slipway.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/// A database on a real machine, as dynos see it: clients are in the dynos' network, under its
/// wall.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Path DATA = Path.of("/var/lib/slipway/postgres");

  private final FaultApp app = FaultApp.serving("good");
  private final List<String> made = new ArrayList<>();
  private String addon = "";

  @BeforeAll
  void createDatabase() {
    addon = create(app, "mini", Map.of());
    app.settle();
  }

  @AfterAll
  void clean() {
    var server = server();
    app.close();
    Await.await(
        "its server is gone",
        PATIENCE,
        () -> Host.docker("ps", "-aq", "--filter", "name=" + server).isEmpty());
    made.stream().filter(this::kept).forEach(PostgresIT::erase);
    Await.await("all data is gone", PATIENCE, () -> made.stream().noneMatch(this::kept));
  }

  private boolean kept(String name) {
    for (var each : Api.get("/postgres/v0/destroyed").json()) {
      if (each.path("name").asString().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static void erase(String name) {
    Api.call("DELETE", "/postgres/v0/destroyed/" + name, null);
  }

  @Test
  void aDynoReachesItByThreeWays() {
    assertEquals("on", psql(url("DATABASE_URL"), "SHOW data_checksums"));
    assertEquals("1", psql(url("DATABASE_DIRECT_URL"), "SELECT 1"));
    assertEquals("1", psql(url("DATABASE_SESSION_URL") + "?sslmode=require", "SELECT 1"));
    assertEquals("1", psql(url("DATABASE_URL") + "?options=-c%20geqo%3Doff", "SELECT 1"));
    psql(url("DATABASE_URL"), "CREATE TABLE made (x int)");
    assertEquals("0", psql(url("DATABASE_DIRECT_URL"), "DROP TABLE made; SELECT 0"));
    assertEquals(
        "created", psql(url("DATABASE_DIRECT_URL"), "CREATE EXTENSION citext; SELECT 'created'"));
  }

  @Test
  void aStrangerIsNotLetIn() {
    for (var way : List.of("DATABASE_URL", "DATABASE_DIRECT_URL")) {
      var wrong = url(way).replaceFirst(":[0-9a-f]{64}@", ":" + "0".repeat(64) + "@");
      var said = client("psql", wrong, "-Atc", "SELECT 1");
      assertNotEquals(0, said.status(), said.output());
      assertTrue(said.output().contains("authentication failed"), said.output());
    }
    var superuser = url("DATABASE_DIRECT_URL").replaceFirst("//[^@]*@", "//postgres:x@");
    assertNotEquals(0, client("psql", superuser, "-c", "SELECT 1").status());
  }

  @Test
  void commandsThatRunOnceHaveTheDirectWayAndATypeMayHaveSessions() {
    var push = app.push(Sources.withReleasePhase("ways", "echo way=$DATABASE_URL"));
    assertTrue(push.accepted(), push.output());
    app.settle();
    assertEquals(url("DATABASE_URL"), variable("DATABASE_URL"));
    app.configure(Map.of("SLIPWAY_SESSION_POOLING", "web"));
    assertEquals(url("DATABASE_SESSION_URL"), variable("DATABASE_URL"));
    var log = Api.get(app.path("releases")).body();
    assertFalse(log.contains("@slipway-"), "no secret in releases");
    assertTrue(push.output().contains("way=" + url("DATABASE_DIRECT_URL")), push.output());
  }

  @Test
  void preparedStatementsGoThroughThePooler() {
    var bench = bench("--protocol=prepared --client=30 --jobs=2 --transactions=100");
    assertEquals(0, bench.status(), bench.output());
    assertTrue(bench.output().contains("failed transactions: 0 "), bench.output());
  }

  /// More clients than the server takes connections a hundred times over.
  @Test
  void twoThousandClientsWaitAndAreServed() {
    var began = System.nanoTime();
    var bench = bench("--client=2000 --jobs=4 --transactions=2");
    assertEquals(0, bench.status(), bench.output());
    assertTrue(bench.output().contains("failed transactions: 0 "), bench.output());
    Steady.note("2,000 clients of a mini database\t" + Steady.seconds(began) + "\tfailed\t0");
  }

  @Test
  void nothingAcknowledgedIsLostWhenTheServerIsKilled() {
    psql(url("DATABASE_URL"), "CREATE TABLE kept (x int)");
    var writer = "slipway-test-writer-" + UUID.randomUUID().toString().substring(0, 8);
    var loop =
        "i=0; while true; do i=$((i+1));"
            + " psql \"$0\" -qc \"INSERT INTO kept VALUES ($i)\" 2>&1 && echo ack $i; done";
    Host.docker(
        "run",
        "-d",
        "--name",
        writer,
        "--label",
        "slipway.test",
        "--network",
        "slipway-dynos",
        "--entrypoint",
        "sh",
        "slipway-pgbouncer",
        "-c",
        loop,
        url("DATABASE_URL"));
    try {
      for (var i = 0; i < 2; i++) {
        Host.awaitLongLife(server());
        var before = acknowledged(writer).size();
        Host.kill(server());
        Await.await(
            "it is written again", PATIENCE, () -> acknowledged(writer).size() > before + 20);
      }
    } finally {
      Host.docker("stop", "-t", "0", writer);
    }
    var acknowledged = acknowledged(writer);
    Host.docker("rm", "-f", writer);
    var there =
        new TreeSet<>(
            psql(url("DATABASE_URL"), "SELECT x FROM kept").lines().map(Integer::valueOf).toList());
    assertTrue(there.containsAll(acknowledged));
    Steady.note(
        "Postgres killed twice under writes\t"
            + acknowledged.size()
            + " rows acknowledged\tlost\t"
            + acknowledged.stream().filter(row -> !there.contains(row)).count());
  }

  private static List<Integer> acknowledged(String writer) {
    return Host.docker("logs", writer)
        .lines()
        .filter(line -> line.startsWith("ack "))
        .map(line -> Integer.valueOf(line.substring(4)))
        .toList();
  }

  @Test
  void aKilledPoolerIsBackUnderTheSameAddress() {
    Host.awaitLongLife(pooler());
    var address = Host.addresses(pooler());
    var began = System.nanoTime();
    Host.kill(pooler());
    Await.await(
        "the pooler is back",
        Duration.ofSeconds(20),
        () -> client("psql", url("DATABASE_URL"), "-Atc", "SELECT 1").status() == 0);
    Steady.note("PgBouncer killed\t" + Steady.seconds(began));
    assertEquals(address, Host.addresses(pooler()));
  }

  @Test
  void whatOthersHaveIsNotDestroyed() {
    try (var other = FaultApp.create()) {
      var attached =
          Api.call(
              "POST",
              "/addon-attachments",
              Api.json(Map.of("addon", addon, "app", other.name(), "name", "SHARED")));
      assertEquals(201, attached.status(), attached.body());
      assertEquals(url("DATABASE_URL"), config(other).path("SHARED_URL").asString());
      var refused = Api.call("DELETE", app.path("addons/" + addon), null);
      assertEquals(422, refused.status(), refused.body());
      assertTrue(refused.body().contains("attached to " + other.name()), refused.body());
    }
  }

  @Test
  void credentialsRotateWhileBothAreLetIn() {
    var before = url("DATABASE_URL");
    var rotated =
        Api.call(
            "POST",
            "/postgres/v0/databases/" + addon + "/credentials/default/credentials_rotation",
            "{}");
    assertEquals(200, rotated.status(), rotated.body());
    assertNotEquals(before, url("DATABASE_URL"));
    assertEquals("1", psql(before, "CREATE TABLE old_one (x int); SELECT 1"));
    assertEquals("1", psql(url("DATABASE_URL"), "DROP TABLE old_one; SELECT 1"));
    app.settle();
  }

  @Test
  void whatIsDestroyedStaysOnDiskAndComesBack() throws IOException {
    try (var other = FaultApp.create()) {
      var name = create(other, "mini", Map.of());
      var url = config(other).path("DATABASE_URL").asString();
      psql(url, "CREATE TABLE treasure AS SELECT 42 AS x");
      var destroyed = Api.call("DELETE", other.path("addons/" + name), null);
      assertEquals(200, destroyed.status(), destroyed.body());
      var container = url.replaceFirst(".*@([^:]*):.*", "$1");
      Await.await(
          "its containers are gone",
          PATIENCE,
          () -> Host.docker("ps", "-aq", "--filter", "name=" + container).isEmpty());
      create(other, "essential-0", Map.of("recover", name));
      assertEquals("42", psql(config(other).path("DATABASE_URL").asString(), "TABLE treasure"));
    }
  }

  @Test
  void anOutsideDatabaseMustProveItself() throws IOException {
    var direct = url("DATABASE_DIRECT_URL");
    var certificate = Files.readString(DATA.resolve(id()).resolve("data/server.crt"), UTF_8);
    try (var other = FaultApp.create()) {
      assertTrue(failure(other, Map.of("url", direct)).contains("certificate"));
      var wrong = direct.replaceFirst(":[0-9a-f]{64}@", ":wrong@");
      var refused = failure(other, Map.of("url", wrong, "authority", certificate));
      assertTrue(refused.contains("password authentication failed"), refused);
      create(other, "essential-0", Map.of("url", direct, "authority", certificate));
      var pooled = config(other).path("DATABASE_URL").asString();
      assertEquals("1", psql(pooled, "SELECT 1"));
    }
  }

  private String failure(FaultApp other, Map<String, String> options) {
    var asked = ask(other, "essential-0", options);
    Await.await("it fails", PATIENCE, () -> state(asked).equals("deprovisioned"));
    var message = Api.get("/addons/" + asked).json().path("provision_message").asString();
    assertEquals(200, Api.call("DELETE", other.path("addons/" + asked), null).status());
    return message;
  }

  private String create(FaultApp owner, String plan, Map<String, String> options) {
    var began = System.nanoTime();
    var name = ask(owner, plan, options);
    Await.await(
        name + " is there: " + Api.get("/addons/" + name).body(),
        PATIENCE,
        () -> state(name).equals("provisioned"));
    Steady.note("database of plan " + plan + " made\t" + Steady.seconds(began));
    return name;
  }

  private String ask(FaultApp owner, String plan, Map<String, String> options) {
    var wanted = Map.of("plan", "heroku-postgresql:" + plan, "config", options);
    var answer = Api.call("POST", owner.path("addons"), Api.json(wanted));
    assertEquals(201, answer.status(), answer.body());
    var name = answer.json().path("name").asString();
    made.add(name);
    return name;
  }

  private static String state(String name) {
    return Api.get("/addons/" + name).json().path("state").asString();
  }

  private static JsonNode config(FaultApp of) {
    return Api.get(of.path("config-vars")).json();
  }

  private String url(String name) {
    return config(app).path(name).asString();
  }

  private String variable(String name) {
    var environment =
        Host.docker("exec", app.containers().getFirst(), "cat", "/proc/1/environ").split("\0", -1);
    return Arrays.stream(environment)
        .filter(each -> each.startsWith(name + "="))
        .map(each -> each.substring(name.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  private String server() {
    return url("DATABASE_DIRECT_URL").replaceFirst(".*@([^:]*):.*", "$1");
  }

  private String pooler() {
    return url("DATABASE_URL").replaceFirst(".*@([^:]*):.*", "$1");
  }

  private String id() {
    return Host.docker(
        "inspect", "--format", "{{index .Config.Labels \"slipway.postgres\"}}", server());
  }

  private record Said(int status, String output) {}

  private static String psql(String url, String sql) {
    var said = client("psql", url, "-qAt", "-c", sql);
    assertEquals(0, said.status(), said.output());
    return said.output().strip();
  }

  private Said bench(String options) {
    var bench =
        "echo 'SELECT count(*) FROM pg_class WHERE oid = :client_id + 1;' > /tmp/query;"
            + " /usr/lib/postgresql/17/bin/pgbench --no-vacuum --file=/tmp/query "
            + options
            + " \"$0\"";
    return run("slipway-postgres", List.of("sh", "-c", bench, url("DATABASE_URL")));
  }

  private static Said client(String... command) {
    return run("slipway-pgbouncer", List.of(command));
  }

  private static Said run(String image, List<String> command) {
    var all =
        new ArrayList<>(
            List.of(
                "docker",
                "run",
                "--rm",
                "--label",
                "slipway.test",
                "--network",
                "slipway-dynos",
                "--ulimit",
                "nofile=8192:8192",
                "--entrypoint",
                command.getFirst(),
                image));
    all.addAll(command.subList(1, command.size()));
    try {
      var process = new ProcessBuilder(all).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Said(process.waitFor(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
