package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/// Backups on a real machine: what is restored is what was there, and a backup that is no longer
/// whole is found out.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path REPOSITORIES = Path.of("/var/lib/slipway/backups");

  private final FaultApp app = FaultApp.create();
  private final List<String> made = new ArrayList<>();
  private String addon = "";

  @BeforeAll
  void createDatabase() {
    addon = create(Map.of());
    sql("DATABASE", "CREATE TABLE kept AS SELECT generate_series(1, 10000) AS x");
    sql("DATABASE", "CREATE INDEX ON kept (x)");
  }

  @AfterAll
  void clean() {
    app.close();
    Await.await(
        "all are destroyed",
        PATIENCE,
        () -> made.stream().allMatch(name -> Api.get("/addons/" + name).status() == 404));
    Await.await("their data is kept", PATIENCE, () -> made.stream().allMatch(BackupsIT::isKept));
    made.forEach(name -> Api.call("DELETE", "/postgres/v0/destroyed/" + name, null));
    Await.await("their data is gone", PATIENCE, () -> made.stream().noneMatch(BackupsIT::isKept));
  }

  private static boolean isKept(String name) {
    for (var each : Api.get("/postgres/v0/destroyed").json()) {
      if (each.path("name").asString().equals(name)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aBackupIsTriedAndAFlippedBitIsFound() throws IOException {
    var backup = capture();
    ask("SELECT count(*) = 10000 FROM kept");
    var good = drill(backup);
    assertTrue(good.path("passed").asBoolean(), good.toString());
    Steady.note("drill of an 8 MB database\t" + good.path("milliseconds").asLong() + " ms");
    ask("SELECT count(*) = 1 FROM kept");
    assertTrue(drill(backup).toString().contains("answers false"));
    ask("");
    flipABit(newestBundle());
    var bad = drill(backup);
    assertFalse(bad.path("passed").asBoolean(), bad.toString());
    Steady.note("drill of a backup with a flipped bit\t" + bad.path("report"));
    assertTrue(health().contains("drill failed"), health());
    assertFalse(Host.docker("ps", "-a").contains("slipway-drill-"));
    capture();
    delete(backup);
    assertEquals("", health());
  }

  @Test
  void aDatabaseComesBackAsItWasAtATime() throws InterruptedException {
    capture();
    sql("DATABASE", "CREATE TABLE orders AS SELECT 42 AS number");
    Thread.sleep(1500);
    var before = Instant.now();
    Thread.sleep(1500);
    sql("DATABASE", "DROP TABLE orders");
    var began = System.nanoTime();
    var name = create(Map.of("restore", addon, "at", before.toString()));
    Steady.note("an 8 MB database restored to a time\t" + Steady.seconds(began));
    var attached = attachment(name);
    assertEquals("42", sql(attached, "SELECT number FROM orders"));
    sql(attached, "INSERT INTO orders VALUES (43)");

    var body = Map.of("at", before.toString());
    var path = "/client/v11/databases/" + addon + "/restores";
    assertEquals(423, Api.call("POST", path, Api.json(body)).status());
    var confirmed = Map.of("at", before.toString(), "confirm", app.name());
    var restore = Api.call("POST", path, Api.json(confirmed));
    assertEquals(201, restore.status(), restore.body());
    var restored = await(restore.json().path("num").asInt());
    assertTrue(restored.path("succeeded").asBoolean(), restored.toString());
    assertEquals("42", sql("DATABASE", "SELECT number FROM orders"));
    sql("DATABASE", "DROP TABLE orders");
    goesOnAfter(restore.json().path("num").asInt());
    assertEquals("", health());
  }

  /// The changes of the timeline that a restore began lead somewhere, too.
  private void goesOnAfter(int restore) throws InterruptedException {
    assertPasses(drill(awaitBackupAfter(restore)));
    sql("DATABASE", "CREATE TABLE later AS SELECT 1 AS number");
    Thread.sleep(1500);
    var later = Instant.now();
    Thread.sleep(1500);
    sql("DATABASE", "DROP TABLE later");
    var again = await(restoreInPlace(later));
    assertTrue(again.path("succeeded").asBoolean(), again.toString());
    assertEquals("10000", sql("DATABASE", "SELECT count(*) FROM kept"));
    sql("DATABASE", "DROP TABLE later");
    assertPasses(drill(capture()));
  }

  private int restoreInPlace(Instant at) {
    var body = Api.json(Map.of("at", at.toString(), "confirm", app.name()));
    var begun = Api.call("POST", "/client/v11/databases/" + addon + "/restores", body);
    assertEquals(201, begun.status(), begun.body());
    return begun.json().path("num").asInt();
  }

  /// Nobody asks for it.
  private int awaitBackupAfter(int number) {
    Await.await("a backup of what was restored", PATIENCE, () -> backupAfter(number) > 0);
    return backupAfter(number);
  }

  private int backupAfter(int number) {
    for (var each : transfers()) {
      if (each.path("num").asInt() > number
          && each.path("name").asString().startsWith("a")
          && each.path("from_name").asString().equals(addon)
          && each.path("succeeded").asBoolean()) {
        return each.path("num").asInt();
      }
    }
    return 0;
  }

  private static void assertPasses(JsonNode drill) {
    assertTrue(drill.path("passed").asBoolean(), drill.toString());
  }

  /// Backups go on after the cluster was replaced, and the database when none can be taken.
  @Test
  void aRepositoryThatIsAwayFailsBackupsAndNotTheDatabase() throws IOException {
    var repository = REPOSITORIES.resolve(id());
    var aside = repository.resolveSibling(id() + ".aside");
    Files.move(repository.resolve("backup"), aside);
    Files.writeString(repository.resolve("backup"), "in the way");
    try {
      var failed = await(begin());
      assertFalse(failed.path("succeeded").asBoolean(), failed.toString());
      assertEquals("1", sql("DATABASE", "SELECT 1"));
      assertTrue(health().contains("failed"), health());
    } finally {
      Files.delete(repository.resolve("backup"));
      Files.move(aside, repository.resolve("backup"));
    }
    capture();
  }

  private int capture() {
    var captured = await(begin());
    assertTrue(captured.path("succeeded").asBoolean(), captured.toString());
    return captured.path("num").asInt();
  }

  /// Another one may be running that nobody asked for.
  private int begin() {
    var path = "/client/v11/databases/" + addon + "/backups";
    var begun = Api.call("POST", path, "{}");
    if (begun.status() == 409) {
      Await.await(
          "nothing runs", PATIENCE, () -> !transfers().toString().contains("\"finished_at\":null"));
      begun = Api.call("POST", path, "{}");
    }
    assertEquals(201, begun.status(), begun.body());
    return begun.json().path("num").asInt();
  }

  private JsonNode transfers() {
    return Api.get("/client/v11/apps/" + app.name() + "/transfers").json();
  }

  private JsonNode await(int number) {
    Await.await("it ends", PATIENCE, () -> transfer(number).path("finished_at").isString());
    return transfer(number);
  }

  private JsonNode transfer(int number) {
    return Api.get("/client/v11/apps/" + app.name() + "/transfers/" + number).json();
  }

  private JsonNode drill(int number) {
    var path = "/client/v11/apps/" + app.name() + "/transfers/" + number + "/actions/drill";
    var drilled = Api.call("POST", path, "{}");
    assertEquals(200, drilled.status(), drilled.body());
    return drilled.json().path("drill");
  }

  private void delete(int number) {
    var path = "/client/v11/apps/" + app.name() + "/transfers/" + number;
    var deleted = Api.call("DELETE", path, null);
    assertEquals(200, deleted.status(), deleted.body());
  }

  private void ask(String query) {
    var path = "/client/v11/databases/" + addon + "/backup-query";
    assertEquals(200, Api.call("POST", path, Api.json(Map.of("query", query))).status());
  }

  private String health() {
    var path = "/client/v11/databases/" + addon + "/backup-health";
    return Api.get(path).json().path("problem").asString();
  }

  private Path newestBundle() throws IOException {
    try (var files = Files.walk(REPOSITORIES.resolve(id()))) {
      return files
          .filter(file -> file.toString().matches(".*/bundle/\\d+"))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  private static void flipABit(Path file) throws IOException {
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
  }

  private String create(Map<String, String> options) {
    var wanted = Map.of("plan", "heroku-postgresql:mini", "config", options);
    var answer = Api.call("POST", app.path("addons"), Api.json(wanted));
    assertEquals(201, answer.status(), answer.body());
    var name = answer.json().path("name").asString();
    made.add(name);
    Await.await(
        name + " is there",
        PATIENCE,
        () -> !Api.get("/addons/" + name).json().path("state").asString().equals("provisioning"));
    var end = Api.get("/addons/" + name);
    assertEquals("provisioned", end.json().path("state").asString(), end.body());
    return name;
  }

  private String attachment(String name) {
    for (var each : Api.get(app.path("addon-attachments")).json()) {
      if (each.path("addon").path("name").asString().equals(name)) {
        return each.path("name").asString();
      }
    }
    throw new AssertionError(name + " is not attached");
  }

  private String url(String attachment) {
    return Api.get(app.path("config-vars")).json().path(attachment + "_URL").asString();
  }

  private String sql(String attachment, String sql) {
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
        url(attachment),
        "-qAtc",
        sql);
  }

  private String id() {
    var server = url("DATABASE_DIRECT").replaceFirst(".*@([^:]*):.*", "$1");
    return Host.docker(
        "inspect", "--format", "{{index .Config.Labels \"slipway.postgres\"}}", server);
  }
}
