package dev.slipway.postgres;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Finds out whether backups can be restored, by restoring them. Thread-safe.
final class Drills {
  static final String PURPOSE = "drill";

  private final DatabaseServers live;
  private final BackupServers servers;
  private final Clock clock;

  Drills(DatabaseServers live, BackupServers servers, Clock clock) {
    this.live = live;
    this.servers = servers;
    this.clock = clock;
  }

  /// What the database has at the mark.
  private record Marked(String mark, RowCounts before, RowCounts after) {}

  /// Restores the backup and looks at what came of it.
  ///
  /// @param newest whether all changes since shall be restored too, and compared with the database
  /// @param query what is asked of it; empty for nothing. An answer of `f` is a failure
  Drill run(Database database, Backup backup, boolean newest, String query) {
    var report = new ArrayList<String>();
    var began = clock.instant();
    var version = "";
    try {
      var marked = newest ? mark(database) : null;
      var point =
          marked == null
              ? BackupServers.Point.backup(backup.label())
              : BackupServers.Point.mark(backup.label(), marked.mark());
      try (var restored = servers.restore(database, point, PURPOSE, database)) {
        version = restored.sql("postgres", "SHOW server_version;").strip();
        report.add("PostgreSQL " + version + " runs on it after " + since(began));
        check(database, restored, marked, query, report);
      }
      report.add("all of it took " + since(began));
      return drill(true, began, version, report);
    } catch (RuntimeException e) {
      report.add("failed after " + since(began) + ": " + e.getMessage());
      return drill(false, began, version, report);
    }
  }

  private Marked mark(Database database) {
    var before = RowCounts.by(sql -> live.query(database, sql, "-At"));
    var mark = PURPOSE + "-" + UUID.randomUUID();
    servers.mark(database, mark);
    return new Marked(mark, before, RowCounts.by(sql -> live.query(database, sql, "-At")));
  }

  private static void check(
      Database database,
      BackupServers.Restored restored,
      @Nullable Marked marked,
      String query,
      List<String> report) {
    restored.check(database.databaseName());
    report.add("checksums of all pages are right, tables and indexes agree");
    var counts = RowCounts.by(sql -> restored.sql(database.databaseName(), sql));
    if (marked != null) {
      counts.require(marked.before(), marked.after());
      report.add("all changes up to the drill are there");
    }
    report.add(counts.tables().size() + " tables have " + counts.rows() + " rows");
    if (!query.isEmpty()) {
      ask(database, restored, query, report);
    }
  }

  private static void ask(
      Database database, BackupServers.Restored restored, String query, List<String> report) {
    var answer = restored.query(database, query).strip();
    if (answer.equals("f")) {
      throw new IllegalStateException("the query answers false: " + query);
    }
    report.add("the query answers " + answer.lines().findFirst().orElse("nothing"));
  }

  private String since(Instant began) {
    var millis = Duration.between(began, clock.instant()).toMillis();
    return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }

  private Drill drill(boolean passed, Instant began, String version, List<String> report) {
    var now = clock.instant();
    return new Drill(passed, now, Duration.between(began, now).toMillis(), version, report);
  }
}
