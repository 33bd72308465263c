package dev.slipway.postgres;

import dev.slipway.addons.Addon;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.hosted.Turns;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/// What becomes of backups: new databases begin with them, and databases go back to them or get
/// what another one has. Thread-safe.
public final class Restores {
  static final String SEED = "seed";
  static final String RESTORE = "restore";

  private static final Logger LOG = Logger.getLogger(Restores.class.getName());

  private final BackupStore rows;
  private final LocalDatabases local;
  private final BackupServers servers;
  private final RunningBackups running;
  private final Turns<Database> turns;
  private final Clock clock;

  Restores(
      BackupStore rows,
      LocalDatabases local,
      BackupServers servers,
      RunningBackups running,
      Turns<Database> turns,
      Clock clock) {
    this.rows = rows;
    this.local = local;
    this.servers = servers;
    this.running = running;
    this.turns = turns;
    this.clock = clock;
  }

  /// Writes down that a new database begins as the source was at that time.
  ///
  /// @throws UserError invalid_params, where no backup reaches back so far
  void seed(UUID fresh, Database source, Instant at) {
    requireReach(source, at);
    rows.write(new BackupStore.Seed(fresh, source.id(), "", at));
  }

  /// Whether a restore to that time can be made.
  void requireReach(Database source, Instant at) {
    var first =
        rows.of(source.id()).stream()
            .filter(each -> each.isWhole() && isWithin(source, each))
            .flatMap(each -> Optional.ofNullable(each.finishedAt()).stream())
            .findFirst();
    if (first.isEmpty() || at.isBefore(first.get()) || at.isAfter(clock.instant())) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              source.name() + " can't be restored to " + at,
              first
                  .map(each -> "it can be to any time from " + each + " to now")
                  .orElse("there is no backup of it yet"),
              null));
    }
  }

  /// What a host before has on its disk is out of reach.
  private boolean isWithin(Database database, Backup backup) {
    var since = database.seats().since();
    return since == null || servers.outliveHosts() || !backup.createdAt().isBefore(since);
  }

  /// @throws UserError where it is on a host that the database has left
  void requireWithin(Backup backup) {
    var within = local.rows().find(backup.database()).map(it -> isWithin(it, backup)).orElse(true);
    if (!within) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              backup.called() + " is not on the database's host",
              "it was taken before its standby took over",
              "heroku pg:backups lists later ones"));
    }
  }

  private static void requireAlone(Database target) {
    if (target.standby() != null) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              target.name() + " has a standby, which would not follow it back",
              null,
              "./slipway pg standby --remove first, or restore into a new database"));
    }
  }

  /// Brings the data of a database that begins as another one was.
  void plant(Database fresh) {
    rows.seed(fresh.id()).ifPresent(seed -> plant(fresh, seed));
  }

  /// Not an error of the user's where the source is busy: it is tried again.
  private void plant(Database fresh, BackupStore.Seed seed) {
    var source = local.rows().find(seed.source()).orElseThrow(Restores::none);
    if (!running.tryClaim(source)) {
      throw new IllegalStateException("backups of " + source.name() + " are busy");
    }
    try {
      plant(fresh, seed, source);
    } finally {
      running.release(source.id());
    }
  }

  private void plant(Database fresh, BackupStore.Seed seed, Database source) {
    bringChanges(source);
    try (var restored = servers.restore(source, seed.point(), SEED, fresh)) {
      restored.become();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Restoring " + source.name() + " failed", e);
      throw UserError.of(ErrorCode.FAILED, "It could not be restored: " + e.getMessage());
    }
    rows.delete(seed);
  }

  /// All that was written until now goes into the repository first, if the server still can.
  private void bringChanges(Database source) {
    try {
      servers.mark(source, RESTORE + "-" + UUID.randomUUID());
    } catch (RuntimeException e) {
      LOG.log(Level.INFO, "Restoring without what {0} has not sent", source.name());
    }
  }

  /// Begins to replace what the add-on's database has by the backup. Whoever asks has confirmed.
  public Backup restore(Addon target, Backup backup) {
    if (!backup.isWhole()) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "There is nothing to restore in that backup.");
    }
    requireWithin(backup);
    return restore(target, backup.database(), BackupServers.Point.backup(backup.label()));
  }

  /// Begins to put the add-on's database back to that time. Whoever asks has confirmed.
  public Backup restore(Addon target, Instant at) {
    var database = local.ready(target);
    requireReach(database, at);
    return restore(target, database.id(), BackupServers.Point.at(at));
  }

  /// Begins to replace what the add-on's database has by what another has now. Whoever asks has
  /// confirmed.
  public Backup copy(Addon target, Addon from) {
    var source = local.ready(from);
    if (local.of(target).id().equals(source.id())) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "A database can't be copied onto itself.");
    }
    var newest =
        rows.newest(source.id())
            .orElseThrow(() ->
                new UserError(
                    new Problem(
                        ErrorCode.CONFLICT,
                        source.name() + " can't be copied yet",
                        "there is no backup of it yet",
                        "heroku pg:backups:capture takes one")));
    return restore(target, source.id(), () -> present(source, newest));
  }

  /// The backup and all changes until now: where one does not come, there is no copy.
  private BackupServers.Point present(Database source, Backup newest) {
    var mark = "copy-" + UUID.randomUUID();
    servers.mark(source, mark);
    return BackupServers.Point.mark(newest.label(), mark);
  }

  private Backup restore(Addon addon, UUID from, BackupServers.Point point) {
    var source = local.rows().find(from).orElseThrow(Restores::none);
    return restore(
        addon,
        from,
        () -> {
          bringChanges(source);
          return point;
        });
  }

  private Backup restore(Addon addon, UUID from, Supplier<BackupServers.Point> point) {
    var target = local.ready(addon);
    requireAlone(target);
    var source = local.rows().find(from).orElseThrow(Restores::none);
    if (!source.node().equals(target.node())) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "A backup is restored on the host that has it.");
    }
    var begun = beginRestore(addon.app(), target, source);
    Thread.startVirtualThread(() -> replace(begun, source, point));
    return begun;
  }

  /// The source as well: its backups are read.
  private Backup beginRestore(AppId app, Database target, Database source) {
    if (source.id().equals(target.id())) {
      return running.begin(target, app, Backup.Kind.RESTORE, false);
    }
    running.claim(source);
    try {
      return running.begin(target, app, Backup.Kind.RESTORE, false);
    } catch (RuntimeException e) {
      running.release(source.id());
      throw e;
    }
  }

  private void replace(Backup begun, Database source, Supplier<BackupServers.Point> point) {
    var ended = replaced(begun, source, point);
    running.release(source.id());
    running.release(begun.database());
    rows.update(ended);
  }

  private Backup replaced(Backup begun, Database source, Supplier<BackupServers.Point> point) {
    var target = local.rows().find(begun.database()).orElseThrow(Restores::none);
    try (var restored = servers.restore(source, point.get(), RESTORE, target)) {
      turns.take(
          target.id(),
          current -> {
            requireAlone(current);
            local.servers().remove(current);
            restored.become();
            bringUp(current);
            servers.dropReplaced(current);
            return current;
          });
      return begun.ended(Backup.State.SUCCEEDED, "", running.now());
    } catch (RuntimeException e) {
      return running.failed(begun, e);
    }
  }

  /// With what it had before, where it does not come up with what was restored.
  private void bringUp(Database target) {
    try {
      local.servers().ensure(target);
    } catch (RuntimeException e) {
      putBack(target, e);
      throw e;
    }
  }

  private void putBack(Database target, RuntimeException cause) {
    try {
      local.servers().remove(target);
      servers.putBack(target);
      local.servers().ensure(target);
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that database.");
  }
}
