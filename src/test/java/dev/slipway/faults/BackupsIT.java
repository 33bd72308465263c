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
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Backups on a real machine: what is restored is what was there, and a backup that is no longer
/// whole is found out.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path REPOSITORIES = Path.of("/var/lib/slipway/backups");

  private final TestDatabases databases = TestDatabases.create();

  @BeforeAll
  void index() {
    databases.sql("DATABASE", "CREATE INDEX ON kept (x)");
  }

  @AfterAll
  void clean() {
    databases.close();
  }

  @Test
  void aBackupIsTriedAndAFlippedBitIsFound() throws IOException {
    var backup = databases.capture();
    ask("SELECT count(*) = 10000 FROM kept");
    var good = databases.drill(backup);
    assertTrue(good.path("passed").asBoolean(), good.toString());
    Steady.note("drill of an 8 MB database\t" + good.path("milliseconds").asLong() + " ms");
    ask("SELECT count(*) = 1 FROM kept");
    assertTrue(databases.drill(backup).toString().contains("answers false"));
    ask("");
    flipABit(newestBundle());
    var bad = databases.drill(backup);
    assertFalse(bad.path("passed").asBoolean(), bad.toString());
    Steady.note("drill of a backup with a flipped bit\t" + bad.path("report"));
    assertTrue(databases.health().contains("drill failed"), databases.health());
    assertFalse(Host.docker("ps", "-a").contains("slipway-drill-"));
    databases.capture();
    delete(backup);
    assertEquals("", databases.health());
  }

  @Test
  void aDatabaseComesBackAsItWasAtATime() throws InterruptedException {
    databases.capture();
    databases.sql("DATABASE", "CREATE TABLE orders AS SELECT 42 AS number");
    Thread.sleep(1500);
    var before = Instant.now();
    Thread.sleep(1500);
    databases.sql("DATABASE", "DROP TABLE orders");
    var began = System.nanoTime();
    var name = databases.create(Map.of("restore", databases.first(), "at", before.toString()));
    Steady.note("an 8 MB database restored to a time\t" + Steady.seconds(began));
    var attached = databases.attachment(name);
    assertEquals("42", databases.sql(attached, "SELECT number FROM orders"));
    databases.sql(attached, "INSERT INTO orders VALUES (43)");

    var body = Map.of("at", before.toString());
    var path = "/client/v11/databases/" + databases.first() + "/restores";
    assertEquals(423, Api.call("POST", path, Api.json(body)).status());
    var confirmed = Map.of("at", before.toString(), "confirm", databases.app().name());
    var restore = Api.call("POST", path, Api.json(confirmed));
    assertEquals(201, restore.status(), restore.body());
    var restored = databases.await(restore.json().path("num").asInt());
    assertTrue(restored.path("succeeded").asBoolean(), restored.toString());
    assertEquals("42", databases.sql("DATABASE", "SELECT number FROM orders"));
    databases.sql("DATABASE", "DROP TABLE orders");
    goesOnAfter(restore.json().path("num").asInt());
    assertEquals("", databases.health());
  }

  /// The changes of the timeline that a restore began lead somewhere, too.
  private void goesOnAfter(int restore) throws InterruptedException {
    TestDatabases.assertPasses(databases.drill(awaitBackupAfter(restore)));
    databases.sql("DATABASE", "CREATE TABLE later AS SELECT 1 AS number");
    Thread.sleep(1500);
    var later = Instant.now();
    Thread.sleep(1500);
    databases.sql("DATABASE", "DROP TABLE later");
    var again = databases.await(restoreInPlace(later));
    assertTrue(again.path("succeeded").asBoolean(), again.toString());
    assertEquals("10000", databases.sql("DATABASE", "SELECT count(*) FROM kept"));
    databases.sql("DATABASE", "DROP TABLE later");
    TestDatabases.assertPasses(databases.drill(databases.capture()));
  }

  private int restoreInPlace(Instant at) {
    var body = Api.json(Map.of("at", at.toString(), "confirm", databases.app().name()));
    var begun = Api.call("POST", "/client/v11/databases/" + databases.first() + "/restores", body);
    assertEquals(201, begun.status(), begun.body());
    return begun.json().path("num").asInt();
  }

  /// Nobody asks for it.
  private int awaitBackupAfter(int number) {
    Await.await("a backup of what was restored", PATIENCE, () -> backupAfter(number) > 0);
    return backupAfter(number);
  }

  private int backupAfter(int number) {
    for (var each : databases.transfers()) {
      if (each.path("num").asInt() > number
          && each.path("name").asString().startsWith("a")
          && each.path("from_name").asString().equals(databases.first())
          && each.path("succeeded").asBoolean()) {
        return each.path("num").asInt();
      }
    }
    return 0;
  }

  /// What is downloaded is what the backup has, and not what the database has by now.
  @Test
  void aBackupIsDownloadedAndRestoredElsewhere(@TempDir Path directory) {
    databases.sql("DATABASE", "CREATE TABLE past AS SELECT generate_series(1, 777) AS x");
    var backup = databases.capture();
    databases.sql("DATABASE", "DELETE FROM past");
    var began = System.nanoTime();
    var app = databases.app().name();
    var file = directory.resolve("past.dump").toString();
    var name = "b%03d".formatted(backup);
    var ended =
        SlipwayCommandLine.run("heroku", "pg:backups:download", name, "-a", app, "-o", file);
    assertEquals(0, ended.status(), ended.said());
    Steady.note("an 8 MB database's backup downloaded\t" + Steady.seconds(began));
    assertFalse(Host.docker("ps", "-a").contains("slipway-dump-"));

    var other = databases.attachment(databases.create(Map.of()));
    restore(directory, databases.url(other + "_DIRECT"));
    assertEquals("777", databases.sql(other, "SELECT count(*) FROM past"));
    assertEquals("10000", databases.sql(other, "SELECT count(*) FROM kept"));
    assertEquals("0", databases.sql("DATABASE", "SELECT count(*) FROM past"));
    databases.sql("DATABASE", "DROP TABLE past");
  }

  /// With what was written just now.
  @Test
  void aDatabaseIsCopiedIntoAnother() {
    databases.capture();
    var name = databases.create(Map.of());
    var other = databases.attachment(name);
    databases.sql(other, "CREATE TABLE before AS SELECT 1 AS x");
    databases.sql("DATABASE", "CREATE TABLE fresh AS SELECT 42 AS number");
    var began = System.nanoTime();
    var copied = databases.await(beginCopy(name, other));
    assertTrue(copied.path("succeeded").asBoolean(), copied.toString());
    Steady.note("an 8 MB database copied into another\t" + Steady.seconds(began));
    databases.sql("DATABASE", "DROP TABLE fresh");
    assertEquals("42", databases.sql(other, "SELECT number FROM fresh"));
    assertEquals("10000", databases.sql(other, "SELECT count(*) FROM kept"));
    assertEquals("", databases.sql(other, "SELECT to_regclass('before')"));
  }

  /// Nothing else is done with the two meanwhile, such as a new database's first backup.
  private int beginCopy(String name, String attachment) {
    var path = "/client/v11/databases/" + name + "/transfers";
    var urls = Map.of("from_url", databases.url("DATABASE"), "to_url", databases.url(attachment));
    return databases.post(path, Api.json(urls));
  }

  private static void restore(Path directory, String url) {
    Host.docker(
        "run",
        "--rm",
        "--label",
        "slipway.test",
        "--network",
        "slipway-dynos",
        "--volume",
        directory + ":/dumps:ro",
        "--entrypoint",
        "pg_restore",
        "slipway-postgres",
        "--exit-on-error",
        "--no-owner",
        "--dbname=" + url,
        "/dumps/past.dump");
  }

  /// Backups go on after the cluster was replaced, and the database when none can be taken.
  @Test
  void aRepositoryThatIsAwayFailsBackupsAndNotTheDatabase() throws IOException {
    var repository = REPOSITORIES.resolve(id());
    var aside = repository.resolveSibling(id() + ".aside");
    Files.move(repository.resolve("backup"), aside);
    Files.writeString(repository.resolve("backup"), "in the way");
    try {
      var failed = databases.await(databases.begin());
      assertFalse(failed.path("succeeded").asBoolean(), failed.toString());
      assertEquals("1", databases.sql("DATABASE", "SELECT 1"));
      assertTrue(databases.health().contains("failed"), databases.health());
    } finally {
      Files.delete(repository.resolve("backup"));
      Files.move(aside, repository.resolve("backup"));
    }
    databases.capture();
  }

  private void delete(int number) {
    var path = "/client/v11/apps/" + databases.app().name() + "/transfers/" + number;
    var deleted = Api.call("DELETE", path, null);
    assertEquals(200, deleted.status(), deleted.body());
  }

  private void ask(String query) {
    var path = "/client/v11/databases/" + databases.first() + "/backup-query";
    assertEquals(200, Api.call("POST", path, Api.json(Map.of("query", query))).status());
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

  private String id() {
    var server = databases.url("DATABASE_DIRECT").replaceFirst(".*@([^:]*):.*", "$1");
    return Host.docker(
        "inspect", "--format", "{{index .Config.Labels \"slipway.postgres\"}}", server);
  }
}
