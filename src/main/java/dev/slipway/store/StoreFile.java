package dev.slipway.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A database file as a whole, whatever its tables mean: copied while it is used, counted, looked
/// at for damage.
///
/// @param path where it is
public record StoreFile(Path path) {
  private static final String TABLES =
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

  /// Copies what is committed now into another file, while others read and write.
  public void copyTo(Path copy) {
    use(db -> {
      try (var statement = db.createStatement()) {
        return statement.executeUpdate("backup to '" + copy + "'");
      }
    });
  }

  /// How many rows each table has.
  public Map<String, Long> rows() {
    return use(db -> {
      var counts = new TreeMap<String, Long>();
      for (var table : texts(db, TABLES)) {
        var count = texts(db, "SELECT count(*) FROM \"" + table + "\"").getFirst();
        counts.put(table, Long.parseLong(count));
      }
      return counts;
    });
  }

  /// What is wrong with it; empty where nothing is.
  public List<String> damage() {
    return use(db -> {
      var found = new ArrayList<>(texts(db, "PRAGMA integrity_check"));
      found.remove("ok");
      found.addAll(texts(db, "SELECT \"table\" FROM pragma_foreign_key_check"));
      return found;
    });
  }

  private static List<String> texts(Connection db, String sql) throws SQLException {
    var texts = new ArrayList<String>();
    try (var statement = db.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(String.valueOf(rows.getString(1)));
      }
    }
    return texts;
  }

  private interface Work<T> {
    T with(Connection db) throws SQLException;
  }

  private <T> T use(Work<T> work) {
    try (var db = Store.source(path).getConnection()) {
      return work.with(db);
    } catch (SQLException e) {
      throw new IllegalStateException("the database " + path + " can't be read", e);
    }
  }
}
