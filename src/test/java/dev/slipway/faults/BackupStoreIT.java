package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Backups in a store that speaks S3. The store is S3Proxy, a stand-in on this machine with an
/// authority of its own: no test here has seen Amazon's.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackupStoreIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TestDatabases databases = TestDatabases.create();
  @TempDir private static java.nio.file.Path directory;
  private ReachableStore store;
  private int before;

  @BeforeAll
  void start() throws IOException {
    store = ReachableStore.start(directory);
    before = databases.capture();
  }

  @AfterAll
  void clean() throws IOException {
    store.standIn().startAgain();
    databases.close();
    assertEquals(0, store.objects("backups"), "erased databases left backups in the store");
    SlipwayCommandLine.run("store", "local", "--for", "backups");
    store.close();
  }

  @Test
  @Order(1)
  void aBackupIsTakenInTheStoreAtOnceAndOlderOnesCanStillBeHad() throws IOException {
    var ended = store.use("backups", store.standIn().key().secret().reveal());
    assertEquals(0, ended.status(), ended.said());
    Await.await("a backup that nobody asked for", PATIENCE, () -> newest() > before);
    assertTrue(store.objects("backups") > 10);
    TestDatabases.assertPasses(databases.drill(newest()));
    TestDatabases.assertPasses(databases.drill(before));
    assertEquals("", databases.health());
  }

  @Test
  @Order(2)
  void aDatabaseComesBackAsItWasAtATimeFromTheStore() throws InterruptedException {
    databases.sql("DATABASE", "CREATE TABLE orders AS SELECT 42 AS number");
    Thread.sleep(1500);
    var then = Instant.now();
    Thread.sleep(1500);
    databases.sql("DATABASE", "DROP TABLE orders");
    var began = System.nanoTime();
    var name = databases.create(Map.of("restore", databases.first(), "at", then.toString()));
    Steady.note("an 8 MB database restored to a time from a store\t" + Steady.seconds(began));
    assertEquals("42", databases.sql(databases.attachment(name), "SELECT number FROM orders"));
  }

  @Test
  @Order(3)
  void aStoreThatIsAwayFailsBackupsAndNotTheDatabase() {
    store.standIn().stop();
    try {
      // pgBackRest tries each thing for a quarter of a minute.
      var number = databases.begin();
      var failed = databases.await(number, Duration.ofMinutes(5));
      assertFalse(failed.path("succeeded").asBoolean(), failed.toString());
      assertEquals(
          "1", databases.sql("DATABASE", "CREATE TABLE meanwhile AS SELECT 1 AS x; SELECT 1"));
      assertTrue(databases.health().contains("failed"), databases.health());
    } finally {
      store.standIn().startAgain();
    }
    TestDatabases.assertPasses(databases.drill(databases.capture()));
    assertEquals("", databases.health());
  }

  private int newest() {
    var newest = 0;
    for (var each : databases.transfers()) {
      if (each.path("succeeded").asBoolean()
          && each.path("from_name").asString().equals(databases.first())) {
        newest = Math.max(newest, each.path("num").asInt());
      }
    }
    return newest;
  }
}
