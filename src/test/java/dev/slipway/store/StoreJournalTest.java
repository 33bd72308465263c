package dev.slipway.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a store writes into its journal makes the same database again, byte for byte.
class StoreJournalTest {
  private static final String PROBE = "probe";

  private @TempDir Path home;
  private final Map<Long, Changes> entries = new TreeMap<>();
  private Consumer<Long> before = _ -> {};
  private Path file;
  private Path copy;
  private Store store;

  @BeforeEach
  void open() {
    file = home.resolve("control.db");
    copy = home.resolve("copy.db");
    store = reopened();
    store.copyTo(copy);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Store reopened() {
    return Store.open(
        file,
        (sequence, changes) -> {
          before.accept(sequence);
          if (entries.putIfAbsent(sequence, Changes.decoded(changes.encoded())) != null) {
            throw new IllegalStateException("there is an entry " + sequence);
          }
        });
  }

  @Test
  void everyTableComesAlong() throws SQLException {
    for (var table : tables(file)) {
      if (!table.startsWith("flyway") && !table.startsWith("sqlite")) {
        fill(table, 1);
        fill(table, 2);
      }
    }
    assertCopied();
    store.useTransaction(db -> db.execute("UPDATE apps SET maintenance = 7, updated_at = 'now'"));
    store.useTransaction(
        db -> db.execute("UPDATE releases SET config = x'00ff00', slug_id = NULL"));
    assertCopied();
  }

  @Test
  void whatGoesWithItsAppGoesInTheCopyToo() throws SQLException {
    withApp();
    store.useTransaction(db -> {
      db.execute("INSERT INTO formation VALUES ('f', 'a', 'web', 1, 'eco')");
      db.execute("INSERT INTO certificates VALUES ('c','a','n','x',x'01','f','n','e','c','u')");
      db.execute("INSERT INTO domains VALUES ('d', 'a', 'host', 'now', 'c', NULL)");
    });
    store.useTransaction(db -> db.execute("DELETE FROM certificates"));
    assertCopied();
    assertEquals(List.of("NULL"), rows(copy, "SELECT quote(certificate_id) FROM domains"));
    store.useTransaction(db -> db.execute("DELETE FROM apps"));
    assertCopied();
    assertEquals(List.of(), rows(copy, "SELECT id FROM formation"));
  }

  @Test
  void whatIsReplacedIsDeletedFirst() throws SQLException {
    withApp();
    store.useTransaction(db -> {
      db.execute("INSERT INTO pipelines VALUES ('p', 'one', 'o', 'now', 'now')");
      db.execute("INSERT INTO pipelines VALUES ('q', 'two', 'o', 'now', 'now')");
    });
    // Takes the name of the one and the key of the other: both rows give way.
    store.useTransaction(
        db -> db.execute("REPLACE INTO pipelines VALUES ('p', 'two', 'o', 'later', 'later')"));
    store.useTransaction(db ->
        db.execute(
            "INSERT INTO pipelines VALUES ('p', 'x', 'o', 'l', 'l')"
                + " ON CONFLICT (id) DO UPDATE SET name = 'upserted'"));
    store.useTransaction(db ->
        db.execute(
            "INSERT INTO pipelines VALUES ('p', 'y', 'o', 'l', 'l') ON CONFLICT DO NOTHING"));
    assertCopied();
    assertEquals(List.of("'upserted'"), rows(copy, "SELECT quote(name) FROM pipelines"));
  }

  @Test
  void countersComeAlong() throws SQLException {
    var insert = "INSERT INTO webhook_events (id, app_id, include, payload, created_at) VALUES";
    store.useTransaction(db -> db.execute(insert + " ('1', 'a', 'i', 'p', 'n')"));
    store.useTransaction(db -> db.execute(insert + " ('2', 'a', 'i', 'p', 'n')"));
    store.useTransaction(db -> db.execute("DELETE FROM webhook_events"));
    assertCopied();
    assertEquals(
        List.of("2"), rows(copy, "SELECT seq FROM sqlite_sequence WHERE name = 'webhook_events'"));
  }

  @Test
  void valuesAreExact() throws SQLException {
    withApp();
    var texts =
        List.of(
            "", "it's", "a\nb\r", "nul\0inside", "\0", "ü€😀", "x'00'", "1", "NULL", "{{", "''");
    var number = 0;
    for (var text : texts) {
      var id = "v" + number++;
      store.useTransaction(db ->
          db.createUpdate("INSERT INTO ssh_keys VALUES (:id, 'o', :id, :text, '', 'now')")
              .bind("id", id)
              .bind("text", text)
              .execute());
    }
    for (var value : List.of("1.5", "1e300", "0.1", "x'00ff'", "9223372036854775807", "'7'")) {
      var id = "v" + number++;
      store.useTransaction(db ->
          db.execute("INSERT INTO slugs VALUES ('" + id + "','a', " + value + ",'l','p','c')"));
      // The same by its text, the other by its kind.
      store.useTransaction(db -> db.execute("UPDATE slugs SET language = commit_id"));
    }
    assertCopied();
    assertEquals(
        texts,
        store.read(db ->
            db.createQuery("SELECT public_key FROM ssh_keys ORDER BY rowid")
                .mapTo(String.class)
                .list()));
  }

  @Test
  void onlyWhatChangedIsWritten() {
    withApp();
    var count = entries.size();
    store.useTransaction(db -> db.execute("UPDATE apps SET maintenance = 1"));
    assertEquals(
        List.of("UPDATE \"apps\" SET rowid = 1, \"maintenance\" = 1 WHERE rowid = 1"),
        entry(count + 1));
    store.useTransaction(db -> db.execute("DELETE FROM apps WHERE id = 'nobody'"));
    store.inTransaction(db -> db.createQuery("SELECT 1").mapTo(int.class).one());
    assertEquals(count + 1, entries.size());
  }

  @Test
  void aDrainsPlaceIsLeftOut() {
    withApp();
    store.useTransaction(
        db -> db.execute("INSERT INTO drains VALUES ('d', 'a', 't', x'00', 1, 'now')"));
    var count = entries.size();
    store.useTransaction(db -> db.execute("UPDATE drains SET position = 2"));
    assertEquals(count, entries.size());
    store.useTransaction(db -> db.execute("UPDATE drains SET position = 3, token = 'other'"));
    assertEquals(count + 1, entries.size());
  }

  @Test
  void whatCanNotBeKeptIsUndone() throws SQLException {
    withApp();
    before =
        _ -> {
          throw new UserError(new Problem(ErrorCode.UNAVAILABLE, "no quorum", null, null));
        };
    assertThrows(UserError.class, () -> store.useTransaction(db -> db.execute("DELETE FROM apps")));
    assertEquals(List.of("1"), rows(file, "SELECT count(*) FROM apps"));
    before = _ -> {};
    store.useTransaction(db -> db.execute("UPDATE apps SET name = 'other'"));
    assertCopied();
  }

  @Test
  void whatFailsLeavesNoEntry() throws SQLException {
    withApp();
    var count = entries.size();
    assertThrows(
        IllegalStateException.class,
        () ->
            store.useTransaction(db -> {
              db.execute("UPDATE apps SET name = 'half'");
              throw new IllegalStateException("the work fails");
            }));
    assertEquals(count, entries.size());
    store.useTransaction(db -> db.execute("UPDATE apps SET name = 'whole'"));
    assertFalse(entry(count + 1).toString().contains("half"));
    assertCopied();
  }

  /// A crash between the two: the journal holds what the database does not.
  @Test
  void whatTheJournalAloneHoldsIsMadeGood() throws SQLException {
    withApp();
    var last = (long) entries.size() + 1;
    entries.put(
        last, new Changes(List.of("UPDATE \"apps\" SET \"name\" = 'kept' WHERE rowid = 1")));
    assertThrows(
        IllegalStateException.class,
        () -> store.useTransaction(db -> db.execute("UPDATE apps SET name = 'lost'")));
    store.close();
    replay(file);
    store = reopened();
    store.useTransaction(db -> db.execute("UPDATE apps SET maintenance = 1"));
    assertCopied();
    assertEquals(List.of("'kept'"), rows(file, "SELECT quote(name) FROM apps"));
  }

  @Test
  void aReplayMayBeginAgain() throws SQLException {
    withApp();
    store.useTransaction(db -> db.execute("UPDATE apps SET generation = generation + 1"));
    assertCopied();
    assertCopied();
    assertEquals(List.of("1"), rows(copy, "SELECT generation FROM apps"));
  }

  @Test
  void aGapIsRefused() {
    withApp();
    try (var replay = Replay.of(copy)) {
      assertThrows(
          IllegalStateException.class, () -> replay.apply(2, new Changes(List.of("SELECT 1"))));
      assertEquals(0, replay.position());
    }
  }

  @Test
  void aCopyFromTheMiddleGoesOn() throws SQLException {
    withApp();
    copy = home.resolve("middle.db");
    store.copyTo(copy);
    store.useTransaction(db -> db.execute("UPDATE apps SET generation = 5"));
    assertCopied();
  }

  @Test
  void randomTransactionsAreCopied() throws SQLException {
    withApp();
    var random = new Random(3);
    for (var i = 0; i < 300; i++) {
      var steps = random.nextInt(5);
      var fails = random.nextInt(6) == 0;
      try {
        store.useTransaction(db -> {
          for (var step = 0; step <= steps; step++) {
            change(db, random);
          }
          if (fails) {
            throw new IllegalStateException(PROBE);
          }
        });
      } catch (IllegalStateException e) {
        assertEquals(PROBE, e.getMessage());
      }
    }
    assertTrue(entries.size() > 150, () -> entries.size() + " entries");
    assertCopied();
  }

  private static void change(Handle db, Random random) {
    var id = "i" + random.nextInt(12);
    var other = "i" + random.nextInt(12);
    var statement =
        switch (random.nextInt(9)) {
          case 0 ->
              "REPLACE INTO apps VALUES ('%s', '%s', 'o', 0, 0, 'n', 'n')".formatted(id, other);
          case 1 ->
              "INSERT OR IGNORE INTO formation VALUES ('%s', '%s', '%s', 1, 'eco')"
                  .formatted(id + random.nextInt(), "a", other);
          case 2 -> "DELETE FROM apps WHERE id = '%s'".formatted(id);
          case 3 -> "UPDATE OR REPLACE apps SET name = '%s' WHERE id = '%s'".formatted(other, id);
          case 4 -> "UPDATE formation SET quantity = quantity + 1, type = type || 'x'";
          case 5 ->
              "INSERT INTO webhook_events (id, app_id, include, payload, created_at)"
                  + " VALUES ('%s', 'a', 'i', '%s', 'n')"
                      .formatted(id + random.nextLong(), "p".repeat(random.nextInt(50)));
          case 6 -> "DELETE FROM webhook_events WHERE sequence %% 3 = 0".formatted();
          case 7 ->
              "INSERT OR REPLACE INTO app_features VALUES ('a', '%s', %d, 'n')"
                  .formatted(id, random.nextInt(2));
          default -> "DELETE FROM formation WHERE type LIKE '%%xxx'".formatted();
        };
    db.execute(statement);
  }

  private List<String> entry(int sequence) {
    return requireNonNull(entries.get((long) sequence)).statements();
  }

  private void withApp() {
    store.useTransaction(db -> {
      db.execute(
          "INSERT INTO accounts (id, email, api_key_hash, created_at) VALUES ('o','e','h','n')");
      db.execute("INSERT INTO apps VALUES ('a', 'app', 'o', 0, 0, 'now', 'now')");
    });
  }

  /// Any values do where nothing is referred to.
  private void fill(String table, int number) throws SQLException {
    var columns = rows(file, "SELECT quote(name) FROM pragma_table_info('" + table + "')");
    var values = columns.stream().map(name -> "'" + table + number + "'").toList();
    if (table.startsWith("webhook_") || table.equals("journal_position")) {
      return;
    }
    store.read(db -> db.execute("PRAGMA foreign_keys = OFF"));
    store.useTransaction(db -> {
      db.execute("PRAGMA defer_foreign_keys = ON");
      db.execute("INSERT INTO " + table + " VALUES (" + String.join(", ", values) + ")");
    });
  }

  private void replay(Path database) {
    try (var replay = Replay.of(database)) {
      new ArrayList<>(entries.entrySet())
          .forEach(entry -> replay.apply(entry.getKey(), entry.getValue()));
    }
  }

  private void assertCopied() throws SQLException {
    replay(copy);
    assertEquals(dump(file), dump(copy));
  }

  /// Every row of every table, with its number and the exact bytes and kind of each value.
  private static String dump(Path database) throws SQLException {
    var dump = new StringBuilder();
    for (var table : tables(database)) {
      var columns =
          rows(database, "SELECT '\"' || name || '\"' FROM pragma_table_info('" + table + "')");
      var values = new ArrayList<String>();
      for (var column : columns) {
        if (table.equals("drains") && column.equals("\"position\"")) {
          continue;
        }
        values.add("typeof(" + column + ") || hex(" + column + ")");
        values.add("quote(" + column + ")");
      }
      dump.append(table).append('\n');
      rows(
              database,
              "SELECT rowid || '|' || "
                  + String.join(" || ' ' || ", values)
                  + " FROM "
                  + table
                  + " ORDER BY rowid")
          .forEach(row -> dump.append(row).append('\n'));
    }
    return dump.toString();
  }

  private static List<String> tables(Path database) throws SQLException {
    return rows(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  }

  private static List<String> rows(Path database, String query) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var texts = new ArrayList<String>();
      while (rows.next()) {
        texts.add(new String(rows.getBytes(1), UTF_8));
      }
      return texts;
    }
  }
}
