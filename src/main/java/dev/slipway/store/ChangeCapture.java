package dev.slipway.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Notes each row that a connection changes, as the statement that would change it again: triggers
/// of the connection's own, which no other sees, write into a table of its own. So cascades of
/// foreign keys are noted too. Rows are named by `rowid`: it tells one from another in every table,
/// and copies keep the order of rows.
///
/// The counters of `AUTOINCREMENT` come along by themselves: to insert a row of a given number
/// moves them. An insert that is ignored may move them here alone, and leaves a number unused.
final class ChangeCapture {
  /// Where the database remembers which transaction of the journal it holds.
  static final String POSITION = "journal_position";

  /// Tables that tell of this file and not of apps.
  private static final Set<String> OWN = Set.of(POSITION, "flyway_schema_history");

  /// Columns whose changes alone are not worth an entry, by table: written every few seconds, and
  /// of no use beside the logs of the host that wrote them.
  private static final Map<String, Set<String>> LEFT_OUT = Map.of("drains", Set.of("position"));

  private record Column(String name, String type, boolean inKey) {}

  private ChangeCapture() {}

  /// Remembers that this file holds the journal up to some transaction; 0 where it is new.
  static void createPosition(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS " + POSITION + " (sequence INTEGER NOT NULL)");
      statement.execute(
          "INSERT INTO "
              + POSITION
              + " SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM "
              + POSITION
              + ")");
    }
  }

  /// Lets the connection note its changes from now on.
  static void install(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      // Without it, REPLACE deletes rows and fires no trigger.
      statement.execute("PRAGMA recursive_triggers = ON");
      statement.execute(
          "CREATE TEMP TABLE IF NOT EXISTS noted_changes (number INTEGER PRIMARY KEY, sql TEXT)");
      for (var table : tables(statement)) {
        noteChangesOf(table, columns(statement, table), statement);
      }
    }
  }

  /// What this connection's transaction has changed so far; it is forgotten by this.
  static Changes take(Handle db) {
    var statements =
        db.createQuery("SELECT sql FROM noted_changes ORDER BY number").mapTo(String.class).list();
    if (!statements.isEmpty()) {
      db.execute("DELETE FROM noted_changes");
    }
    return new Changes(statements);
  }

  private static List<String> tables(Statement statement) throws SQLException {
    return texts(
            statement.executeQuery(
                "SELECT name FROM main.sqlite_master WHERE type = 'table'"
                    + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"))
        .stream()
        .filter(name -> !OWN.contains(name))
        .toList();
  }

  private static List<String> texts(ResultSet rows) throws SQLException {
    var texts = new ArrayList<String>();
    while (rows.next()) {
      texts.add(rows.getString(1));
    }
    return texts;
  }

  private static List<Column> columns(Statement statement, String table) throws SQLException {
    var columns = new ArrayList<Column>();
    var rows = statement.executeQuery("PRAGMA main.table_info(" + quoted(table) + ")");
    while (rows.next()) {
      columns.add(
          new Column(rows.getString("name"), rows.getString("type"), rows.getInt("pk") > 0));
    }
    return withoutAlias(columns);
  }

  /// A key of one integer is another name of the `rowid`.
  private static List<Column> withoutAlias(List<Column> columns) {
    var key = columns.stream().filter(Column::inKey).toList();
    return key.size() == 1 && key.getFirst().type().equalsIgnoreCase("INTEGER")
        ? columns.stream().filter(column -> !column.inKey()).toList()
        : columns;
  }

  private static void noteChangesOf(String table, List<Column> columns, Statement statement)
      throws SQLException {
    note(statement, "INSERT", table, "", inserted(table, columns));
    note(statement, "UPDATE", table, unlessLeftOut(table, columns), updated(table, columns));
    note(
        statement,
        "DELETE",
        table,
        "",
        literal("DELETE FROM " + quoted(table) + " WHERE rowid = ") + " || old.rowid");
  }

  private static void note(
      Statement statement, String event, String table, String when, String change)
      throws SQLException {
    statement.execute(
        "CREATE TEMP TRIGGER IF NOT EXISTS "
            + quoted("note_" + event + "_" + table)
            + " AFTER "
            + event
            + " ON main."
            + quoted(table)
            + when
            + " BEGIN INSERT INTO noted_changes (sql) VALUES ("
            + change
            + "); END");
  }

  private static String inserted(String table, List<Column> columns) {
    var names = columns.stream().map(it -> ", " + quoted(it.name())).collect(Collectors.joining());
    var values =
        columns.stream()
            .map(column -> " || ', ' || " + value("new." + quoted(column.name())))
            .collect(Collectors.joining());
    return literal("INSERT INTO " + quoted(table) + " (rowid" + names + ") VALUES (")
        + " || new.rowid"
        + values
        + " || ')'";
  }

  /// Names the columns that have changed; a row whose columns are all as they were is written too.
  private static String updated(String table, List<Column> columns) {
    var changes =
        columns.stream()
            .map(column ->
                " || CASE WHEN "
                    + differs(column)
                    + " THEN "
                    + literal(", " + quoted(column.name()) + " = ")
                    + " || "
                    + value("new." + quoted(column.name()))
                    + " ELSE '' END")
            .collect(Collectors.joining());
    return literal("UPDATE " + quoted(table) + " SET rowid = ")
        + " || new.rowid"
        + changes
        + " || ' WHERE rowid = ' || old.rowid";
  }

  private static String unlessLeftOut(String table, List<Column> columns) {
    var leftOut = LEFT_OUT.getOrDefault(table, Set.of());
    return leftOut.isEmpty()
        ? ""
        : columns.stream()
            .filter(column -> !leftOut.contains(column.name()))
            .map(ChangeCapture::differs)
            .collect(Collectors.joining(" OR ", " WHEN old.rowid <> new.rowid OR ", ""));
  }

  /// By their text, since 1 and 1.0 are equal, as `a` and `A` can be.
  private static String differs(Column column) {
    var name = quoted(column.name());
    return value("old." + name) + " IS NOT " + value("new." + name);
  }

  /// What SQL calls the value. `quote` ends a text at its first null character.
  private static String value(String column) {
    return "CASE WHEN typeof("
        + column
        + ") = 'text' AND instr("
        + column
        + ", char(0)) > 0 THEN 'CAST(X''' || hex("
        + column
        + ") || ''' AS TEXT)' ELSE quote("
        + column
        + ") END";
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
