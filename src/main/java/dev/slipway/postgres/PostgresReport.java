package dev.slipway.postgres;

import dev.slipway.addons.Addon;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What can be asked of a database, or told it, by a word of Heroku's `pg:*` commands.
public enum PostgresReport {
  /// The queries that run.
  PS(
      """
      SELECT pid, state, application_name AS source, usename AS username,
             date_trunc('second', age(now(), xact_start)) AS running_for,
             wait_event IS NOT NULL AS waiting, left(query, 200) AS query
        FROM pg_stat_activity
        WHERE query <> '' AND datname = current_database() AND pid <> pg_backend_pid()
          AND state <> 'idle'
        ORDER BY query_start DESC;
      """),
  /// Who holds exclusive locks.
  LOCKS(
      """
      SELECT a.pid, c.relname, l.transactionid, l.granted, left(a.query, 200) AS query,
             date_trunc('second', age(now(), a.query_start)) AS age
        FROM pg_stat_activity a JOIN pg_locks l USING (pid) LEFT JOIN pg_class c ON c.oid = l.relation
        WHERE l.mode IN ('ExclusiveLock', 'AccessExclusiveLock') AND a.pid <> pg_backend_pid()
          AND a.datname = current_database()
        ORDER BY a.query_start;
      """),
  /// Who waits for whom.
  BLOCKING(
      """
      SELECT b.pid AS blocked_pid, left(b.query, 100) AS blocked_statement,
             date_trunc('second', age(now(), b.query_start)) AS blocked_duration,
             k.pid AS blocking_pid, left(k.query, 100) AS blocking_statement
        FROM pg_stat_activity b CROSS JOIN unnest(pg_blocking_pids(b.pid)) AS by
        JOIN pg_stat_activity k ON k.pid = by
        WHERE b.datname = current_database();
      """),
  /// What takes the most time.
  OUTLIERS(
      """
      SELECT round(total_exec_time::numeric) AS total_ms, calls,
             round(mean_exec_time::numeric, 2) AS mean_ms, left(query, 120) AS query
        FROM public.pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        ORDER BY total_exec_time DESC LIMIT 10;
      """),
  /// How often a page was in memory.
  CACHE_HIT(
      """
      SELECT 'index hit rate' AS name,
             round(sum(idx_blks_hit) / nullif(sum(idx_blks_hit + idx_blks_read), 0), 4) AS ratio
        FROM pg_statio_user_indexes
      UNION ALL
      SELECT 'table hit rate',
             round(sum(heap_blks_hit) / nullif(sum(heap_blks_hit + heap_blks_read), 0), 4)
        FROM pg_statio_user_tables;
      """),
  /// The largest tables.
  TABLE_SIZE(
      """
      SELECT relname AS name, pg_size_pretty(pg_total_relation_size(relid)) AS size, n_live_tup AS rows
        FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 50;
      """),
  /// Ends a query.
  CANCEL("SELECT pg_cancel_backend(@pid);"),
  /// Ends a connection.
  KILL("SELECT pg_terminate_backend(@pid);"),
  /// Ends all connections but this one.
  KILL_ALL(
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
      """);

  private static final String INFO =
      """
      SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),
             (SELECT count(*) FROM pg_stat_user_tables),
             (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
             current_setting('max_connections'), current_setting('data_checksums');
      """;

  private final String sql;

  PostgresReport(String sql) {
    this.sql = sql;
  }

  /// The report of that name, such as `ps` or `cache-hit`.
  ///
  /// @throws UserError when there is none
  public static PostgresReport named(String name) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.INVALID_PARAMS,
                    "There is no report " + name,
                    null,
                    "There are "
                        + Arrays.stream(values())
                            .map(PostgresReport::label)
                            .collect(Collectors.joining(", ")))));
  }

  /// Its name.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// What the database says, as a table.
  ///
  /// @param pid the backend that is meant, where one is
  public String of(Databases databases, Addon addon, int pid) {
    return databases.query(addon, sql.replace("@pid", Integer.toString(pid)));
  }

  /// How the database does, by what it is called.
  public static Map<String, String> info(Databases databases, Addon addon) {
    var said = databases.query(addon, INFO, "--tuples-only", "--no-align").strip().split("\\|", -1);
    var info = new LinkedHashMap<String, String>();
    info.put("PG Version", said[0]);
    info.put("Data Size", said[1]);
    info.put("Tables", said[2]);
    info.put("Connections", said[3] + "/" + said[4]);
    info.put("Data Checksums", said[5]);
    return info;
  }
}
