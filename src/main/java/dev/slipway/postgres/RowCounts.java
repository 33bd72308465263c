package dev.slipway.postgres;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// How many rows each table of a database has.
///
/// @param tables by schema and name
/// @param transactions tells whether anything was written between two counts: then it differs
record RowCounts(Map<String, Long> tables, String transactions) {
  /// Bounded: a table that is locked, or has no end, must not hold up whoever counts.
  private static final String SQL =
      """
      BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SET LOCAL lock_timeout = '60s';
      SET LOCAL statement_timeout = '20min';
      SELECT '=' || pg_snapshot_xmax(pg_current_snapshot());
      SELECT format('SELECT %L, count(*) FROM %I.%I', n.nspname || '.' || c.relname,
          n.nspname, c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence = 'p'
          AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        ORDER BY 1 \\gexec
      COMMIT;\
      """;

  RowCounts {
    tables = Map.copyOf(tables);
  }

  /// Counts, by whatever runs SQL.
  static RowCounts by(UnaryOperator<String> sql) {
    var tables = new TreeMap<String, Long>();
    var transactions = "";
    for (var line : sql.apply(SQL).lines().toList()) {
      var bar = line.lastIndexOf('|');
      if (line.startsWith("=")) {
        transactions = line;
      } else if (bar > 0) {
        tables.put(line.substring(0, bar), Long.parseLong(line.substring(bar + 1)));
      }
    }
    return new RowCounts(tables, transactions);
  }

  long rows() {
    return tables.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Compares what was restored with the original before and after the moment that it was restored
  /// to. Where nothing was written between, all numbers must be the same; else no table may be
  /// missing, or empty that never was.
  ///
  /// @throws IllegalStateException naming the first table that is not as it should be
  void require(RowCounts before, RowCounts after) {
    var quiet = before.transactions().equals(after.transactions());
    for (var table : before.tables().entrySet()) {
      var later = after.tables().get(table.getKey());
      if (later == null) {
        continue;
      }
      var restored = tables.get(table.getKey());
      if (restored == null) {
        throw new IllegalStateException("table " + table.getKey() + " is missing");
      }
      var emptied = restored == 0 && table.getValue() > 0 && later > 0;
      if (emptied || (quiet && restored.longValue() != table.getValue())) {
        throw new IllegalStateException(
            "table " + table.getKey() + " has " + restored + " rows instead of " + later);
      }
    }
  }
}
