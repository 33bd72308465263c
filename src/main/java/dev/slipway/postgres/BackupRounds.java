package dev.slipway.postgres;

import dev.slipway.addons.Addons;
import dev.slipway.core.AppId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Goes round all databases: takes a backup of those of which one is due, tries the newest one of
/// those whose last drill was long ago or by another version, and tells what is wrong. One after
/// the other, so that a host is not busy with backups alone. Thread-safe.
final class BackupRounds implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BackupRounds.class.getName());
  private static final Duration EACH = Duration.ofSeconds(20);
  private static final Duration FIRST_DRILL = Duration.ofHours(24);
  private static final Duration ASK_EACH = Duration.ofHours(1);
  private static final Duration RETRY = Duration.ofHours(1);

  private final Backups backups;
  private final DatabaseStore databases;
  private final Addons addons;
  private final Runnable fence;
  private final Map<UUID, String> told = new ConcurrentHashMap<>();
  private final Map<UUID, Instant> asked = new ConcurrentHashMap<>();
  private volatile boolean closed;
  private final Thread thread = Thread.ofVirtual().name("backups").unstarted(this::goRound);

  BackupRounds(Backups backups, DatabaseStore databases, Addons addons, Runnable fence) {
    this.backups = backups;
    this.databases = databases;
    this.addons = addons;
    this.fence = fence;
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void goRound() {
    try {
      while (!closed) {
        Thread.sleep(EACH);
        visitAll();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Visits each database once.
  void visitAll() {
    for (var database : databases.all()) {
      if (database.stage() == Database.Stage.READY && !database.isOutside()) {
        try {
          fence.run();
          app(database).ifPresent(app -> visit(database, app));
        } catch (RuntimeException e) {
          if (!closed) {
            LOG.log(Level.WARNING, "Backups of " + database.name() + " are seen to later", e);
          }
        }
      }
    }
  }

  private Optional<AppId> app(Database database) {
    return Optional.ofNullable(database.addon()).flatMap(addons::find).map(addon -> addon.app());
  }

  private void visit(Database database, AppId app) {
    if (isCaptureDue(database)) {
      backups.captureNow(database, app);
    }
    if (isDrillDue(database)) {
      backups.newest(database).ifPresent(backups::drill);
    }
    tell(database, app);
  }

  /// The first one at once: without any, no time can be gone back to.
  private boolean isCaptureDue(Database database) {
    var captures =
        backups.of(database).stream().filter(each -> each.kind() == Backup.Kind.CAPTURE).toList();
    var wish = backups.wish(database);
    if (!wish.nightly()) {
      return false;
    }
    var now = backups.time();
    if (captures.isEmpty()) {
      return true;
    }
    var last = captures.getLast();
    return last.state() == Backup.State.FAILED
        ? last.createdAt().plus(RETRY).isBefore(now)
        : last.createdAt().isBefore(wish.lastDue(now));
  }

  private boolean isDrillDue(Database database) {
    var now = backups.time();
    var last = BackupHealth.lastDrill(backups.of(database));
    if (backups.newest(database).isEmpty()) {
      return false;
    }
    if (last.isEmpty()) {
      return database.createdAt().plus(FIRST_DRILL).isBefore(now);
    }
    var drill = last.get();
    if (!drill.passed()) {
      return drill.at().plus(FIRST_DRILL).isBefore(now);
    }
    return drill.at().plus(BackupHealth.DRILL_EACH).isBefore(now)
        || hasOtherVersion(database, drill, now);
  }

  /// A server is asked seldom: to ask is to start a process next to it.
  private boolean hasOtherVersion(Database database, Drill drill, Instant now) {
    var last = asked.get(database.id());
    if (last != null && now.isBefore(last.plus(ASK_EACH))) {
      return false;
    }
    asked.put(database.id(), now);
    return !backups.version(database).equals(drill.version());
  }

  /// Once for each thing that is wrong, and once when nothing is any more.
  private void tell(Database database, AppId app) {
    var problem = backups.problem(database);
    var before = told.get(database.id());
    if (problem.isPresent() && !problem.get().equals(before)) {
      told.put(database.id(), problem.get());
      backups.tell(app, database, "Backups of " + database.name() + ": " + problem.get());
    } else if (problem.isEmpty() && before != null) {
      told.remove(database.id());
      backups.tell(app, database, "Backups of " + database.name() + " are well again");
    }
  }
}
