package dev.slipway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.UserError;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database is opened by the build that wrote it, or by a later one.
class StoreTest {
  private @TempDir Path home;
  private Path file;

  @BeforeEach
  void writeDatabase() {
    file = home.resolve("control.db");
    Store.open(file).close();
  }

  @Test
  void whatThisBuildWroteOpensAgain() {
    Store.open(file).close();
  }

  @Test
  void aMigrationThatReadOtherwiseThereIsToldAsAnotherBuilds() {
    change("UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '6'");
    var error = assertThrows(UserError.class, () -> Store.open(file));
    var problem = error.problem();
    assertEquals(
        "The database " + file + " was written by another build of Slipway", problem.what());
    var why = String.valueOf(problem.why());
    assertTrue(why.contains("6 (pipelines and addons)"), why);
    assertTrue(!why.contains("7 ("), why);
    var hint = String.valueOf(problem.hint());
    assertTrue(hint.contains("that build"), hint);
    assertTrue(hint.contains("`./slipway down --purge`"), hint);
    assertTrue(hint.contains("deletes all apps and their data"), hint);
  }

  @Test
  void aMigrationThatThisBuildHasNotIsNamed() {
    change(
        "UPDATE flyway_schema_history SET version = '6.5', description = 'their own'"
            + " WHERE version = '7'");
    var error = assertThrows(UserError.class, () -> Store.open(file));
    var why = String.valueOf(error.problem().why());
    assertTrue(why.contains("6.5 (their own)"), why);
  }

  /// Neither a lock nor a change is left behind: that build can go on.
  @Test
  void whatIsRefusedStaysAsItWas() {
    change("UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '6'");
    assertThrows(UserError.class, () -> Store.open(file));
    change("UPDATE flyway_schema_history SET checksum = checksum - 1 WHERE version = '6'");
    Store.open(file).close();
  }

  private void change(String sql) {
    try (var connection =
            java.sql.DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
        var statement = connection.createStatement()) {
      assertEquals(1, statement.executeUpdate(sql));
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
