package dev.slipway.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/// Takes backups of databases and restores them, on the hosts that have their data. Thread-safe.
interface BackupServers {
  /// A backup as the repository has it.
  ///
  /// @param label its name there
  record Stored(String label, long sourceBytes, long storedBytes) {}

  /// What to restore: the arguments that say so.
  record Point(List<String> arguments) {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSx").withZone(ZoneOffset.UTC);

    /// Copies the list.
    public Point {
      arguments = List.copyOf(arguments);
    }

    /// The backup alone, as it was when it ended.
    static Point backup(String label) {
      return new Point(List.of("--set=" + label, "--type=immediate"));
    }

    /// The backup and all changes up to a mark. Where one is missing, the server does not start.
    static Point mark(String label, String mark) {
      return new Point(List.of("--set=" + label, "--type=name", "--target=" + mark));
    }

    /// The changes up to a time, on the last backup before it.
    static Point at(Instant time) {
      return new Point(List.of("--type=time", "--target=" + TIME.format(time)));
    }
  }

  /// A server that a backup was restored into, for its finder alone.
  interface Restored extends AutoCloseable {
    /// Runs SQL with all rights, and gives what psql prints.
    String sql(String database, String sql);

    /// Runs one query with no more rights than an app has, and gives what psql prints.
    String query(Database database, String query);

    /// Has every table and index compared with each other.
    void check(String database);

    /// Writes what `pg_dump` makes of a database, in its custom format.
    ///
    /// @throws IOException where that can't be written
    void dump(String database, OutputStream to) throws IOException;

    /// Stops it, and has the database that it is for begin with its data; what that had is kept
    /// aside.
    void become();

    /// Throws it away, unless it became something.
    @Override
    void close();
  }

  /// Takes a backup, of a database that runs.
  Stored capture(Database database);

  /// The backups that are in the repository.
  List<Stored> stored(Database database);

  /// Since when repositories are where they are now.
  Instant inPlaceSince();

  /// Whether repositories are elsewhere than on the hosts that have the databases.
  boolean outliveHosts();

  /// Deletes a backup.
  void delete(Database database, String label);

  /// Marks the present in the database's log of changes, and returns when the repository has it.
  void mark(Database database, String mark);

  /// How many bytes the disk still takes on which the database is, whether its server runs or not.
  long freeBytes(Database database);

  /// Restores into a new server, on the host of the database that it is for.
  ///
  /// @param source whose backup it is
  /// @param purpose tells it from others for the same database
  /// @param target the database that it is for
  Restored restore(Database source, Point point, String purpose, Database target);

  /// Deletes what a target had before.
  void dropReplaced(Database target);

  /// Has a target that does not run begin with what it had before.
  void putBack(Database target);

  /// Removes what restores for the database left behind that were broken off.
  void clear(Database target);
}
