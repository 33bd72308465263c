package dev.slipway.faults;

import static dev.slipway.faults.TestHosts.run;
import static dev.slipway.faults.TestHosts.succeeds;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// A database on a disk of 1.5 GB, which is a file system in memory. Each test goes on where the
/// one before it stopped.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DatabaseDiskIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DISK = "/var/tmp/slipway-test-disk";
  private static final String WRITE =
      "INSERT INTO filling SELECT repeat(md5(x::text), 200) FROM generate_series(1, 5000) AS x";

  private final TestDatabases databases = TestDatabases.create();
  private final String server = host("DATABASE_DIRECT");
  private final String pooler = host("DATABASE");
  private final String directory = "/var/lib/slipway/postgres/" + id();
  private String refusal = "";

  @BeforeAll
  void aSmallDisk() {
    stop();
    shell(
        """
        truncate -s 1500M DISK.img && mkfs.ext4 -q DISK.img && mkdir -p DISK && mount -o loop DISK.img DISK \
          && cp -a @/. DISK/ && mount --bind DISK @
        """);
    Host.docker("restart", server, pooler);
    await("it is there", PATIENCE, this::isRead);
    databases.sql(
        "DATABASE",
        "CREATE TABLE filling (x text); ALTER TABLE filling ALTER x SET STORAGE EXTERNAL");
  }

  @AfterAll
  void clean() {
    stop();
    run("sh", "-c", filled("umount @ DISK; rmdir DISK; rm DISK.img"));
    Host.docker("restart", server, pooler);
    await("it is there", PATIENCE, this::isRead);
    databases.close();
  }

  @Test
  @Order(1)
  void nearlyFullItIsReadAndTakesNoChanges() {
    await("it takes no changes", Duration.ofMinutes(3), () -> !isWritten(WRITE));
    assertTrue(refusal.contains("read-only transaction"), refusal);
    assertTrue(free() > 0, "before it is full");
    assertTrue(isRead());
    await("it is told", PATIENCE, () -> info().contains("takes no changes until there is more"));
    var status = run("./slipway", "status");
    assertEquals(1, status.status(), status.said());
    assertTrue(status.said().contains("MB free: " + databases.first()), status.said());
    await("the app's log tells it", PATIENCE, () -> log().contains("takes no changes until"));
  }

  /// The rest of the disk is somebody else's now. Whether a write that is meant stops the server is
  /// a matter of what it needs room for; it can start again in any case.
  @Test
  @Order(2)
  void quiteFullItStartsAgainAndIsRead() {
    shell("fallocate -l $(df --output=avail -B1 @ | tail -1) @/somebody || true");
    assertFalse(isWritten("BEGIN READ WRITE; " + WRITE + "; COMMIT"));
    var began = System.nanoTime();
    Host.docker("restart", server);
    await("it is read again", PATIENCE, this::isRead);
    Steady.note("a database's disk is full: until it is read again\t" + Steady.seconds(began));
    assertFalse(isWritten(WRITE));
  }

  @Test
  @Order(3)
  void withRoomItTakesChangesAgain() {
    var began = System.nanoTime();
    shell("rm @/somebody");
    databases.sql("DATABASE", "BEGIN READ WRITE; TRUNCATE filling; COMMIT");
    databases.sql("DATABASE_DIRECT", "SELECT 1");
    await("it takes changes", Duration.ofMinutes(3), () -> isWritten(WRITE));
    Steady.note("a database's disk has room: until it is written\t" + Steady.seconds(began));
    await("that is told", PATIENCE, () -> log().contains("takes changes again"));
    assertFalse(info().contains("takes no changes"), info());
    assertTrue(isRead());
  }

  private boolean isRead() {
    try {
      return databases.sql("DATABASE", "SELECT count(*) FROM kept").equals("10000");
    } catch (AssertionError away) {
      return false;
    }
  }

  private boolean isWritten(String sql) {
    try {
      databases.sql("DATABASE", sql);
      return true;
    } catch (AssertionError refused) {
      refusal = String.valueOf(refused.getMessage());
      return false;
    }
  }

  private String info() {
    return Api.get("/client/v11/databases/" + databases.first()).body();
  }

  private String log() {
    return databases.app().platformLog();
  }

  private long free() {
    return Long.parseLong(shell("df --output=avail -B1 @ | tail -1").strip());
  }

  private void stop() {
    Host.docker("stop", pooler, server);
  }

  private String shell(String command) {
    return succeeds("sh", "-c", filled(command));
  }

  private String filled(String command) {
    return command.replace("@", directory).replace("DISK", DISK);
  }

  private String host(String attachment) {
    return databases.url(attachment).replaceFirst(".*@([^:]*):.*", "$1");
  }

  private String id() {
    return Host.docker(
        "inspect", "--format", "{{index .Config.Labels \"slipway.postgres\"}}", server);
  }
}
