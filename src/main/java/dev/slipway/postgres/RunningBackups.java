package dev.slipway.postgres;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/// What is done with backups now: one thing at a time with those of a database. Thread-safe.
final class RunningBackups {
  private static final Logger LOG = Logger.getLogger(RunningBackups.class.getName());

  private final BackupStore rows;
  private final Clock clock;
  private final Set<UUID> busy = ConcurrentHashMap.newKeySet();

  RunningBackups(BackupStore rows, Clock clock) {
    this.rows = rows;
    this.clock = clock;
  }

  /// Takes the database's backups, and writes down what is done with them.
  ///
  /// @throws UserError conflict, while something else is done with them
  Backup begin(Database database, AppId app, Backup.Kind kind, boolean scheduled) {
    claim(database);
    try {
      return rows.insert(running(database, app, kind, scheduled));
    } catch (RuntimeException e) {
      release(database.id());
      throw e;
    }
  }

  private Backup running(Database database, AppId app, Backup.Kind kind, boolean scheduled) {
    return new Backup(
        UUID.randomUUID(),
        app,
        0,
        database.id(),
        database.name(),
        kind,
        scheduled,
        Backup.State.RUNNING,
        "",
        0,
        0,
        "",
        now(),
        null,
        null);
  }

  /// Takes the database's backups.
  ///
  /// @throws UserError conflict, while something else is done with them
  void claim(Database database) {
    if (!tryClaim(database)) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "Something is done with the backups of " + database.name() + " already",
              null,
              "Try again when it has ended"));
    }
  }

  /// Takes them if nothing else is done with them, and says whether it did.
  boolean tryClaim(Database database) {
    return busy.add(database.id());
  }

  void release(UUID database) {
    busy.remove(database);
  }

  /// What was begun, as it stands when it failed.
  Backup failed(Backup begun, RuntimeException e) {
    LOG.log(Level.WARNING, begun.kind() + " of " + begun.name() + " failed", e);
    var why = e instanceof UserError it ? it.problem().sentence() : String.valueOf(e.getMessage());
    return begun.ended(Backup.State.FAILED, why, now());
  }

  /// To the second, as rows have it.
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
