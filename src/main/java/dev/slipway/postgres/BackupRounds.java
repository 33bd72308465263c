package dev.slipway.postgres;

import dev.slipway.addons.Addons;
import dev.slipway.core.AppId;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Goes round all databases: takes a backup of those of which one is due, tries the newest one of
/// those whose last drill was long ago or by another version, and tells what is wrong. A few at a
/// time, so that hosts are not busy with backups alone, and none waits for one that hangs.
/// Thread-safe.
final class BackupRounds implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BackupRounds.class.getName());
  private static final Duration EACH = Duration.ofSeconds(20);
  private static final Duration FIRST_DRILL = Duration.ofHours(24);
  private static final Duration ASK_EACH = Duration.ofHours(1);
  private static final Duration RETRY = Duration.ofHours(1);
  private static final int AT_A_TIME = 4;

  private final Backups backups;
  private final DatabaseStore databases;
  private final Addons addons;
  private final Runnable fence;
  private final Map<UUID, String> told = new ConcurrentHashMap<>();
  private final Map<UUID, Instant> asked = new ConcurrentHashMap<>();
  private final Map<UUID, Thread> visits = new ConcurrentHashMap<>();
  private final Set<UUID> cleared = ConcurrentHashMap.newKeySet();
  private final Semaphore few = new Semaphore(AT_A_TIME);
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
    visits.values().forEach(Thread::interrupt);
  }

  private void goRound() {
    try {
      while (!closed) {
        Thread.sleep(EACH);
        beginVisits();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Visits each database once.
  void visitAll() throws InterruptedException {
    for (var visit : beginVisits()) {
      visit.join();
    }
  }

  /// Leaves alone those whose last visit still goes on.
  private List<Thread> beginVisits() {
    var begun = new ArrayList<Thread>();
    for (var database : databases.all()) {
      var visit = Thread.ofVirtual().unstarted(() -> visitInTurn(database.id()));
      if (isVisited(database) && visits.putIfAbsent(database.id(), visit) == null) {
        visit.start();
        begun.add(visit);
      }
    }
    return begun;
  }

  private static boolean isVisited(Database database) {
    return database.stage() == Database.Stage.READY && !database.isOutside();
  }

  private void visitInTurn(UUID id) {
    try {
      few.acquire();
      try {
        databases.find(id).filter(BackupRounds::isVisited).ifPresent(this::visit);
      } finally {
        few.release();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      visits.remove(id);
    }
  }

  private void visit(Database database) {
    try {
      fence.run();
      app(database).ifPresent(app -> visit(database, app));
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.WARNING, "Backups of " + database.name() + " are seen to later", e);
      }
    }
  }

  private Optional<AppId> app(Database database) {
    return Optional.ofNullable(database.addon()).flatMap(addons::find).map(addon -> addon.app());
  }

  private void visit(Database database, AppId app) {
    if (backups.areReachable(database)) {
      clearOnce(database);
      if (isCaptureDue(database)) {
        backups.captureNow(database, app);
      }
      if (isDrillDue(database)) {
        backups.newest(database).ifPresent(backups::drill);
      }
    }
    tell(database, app);
  }

  /// The first one at once: without any, no time can be gone back to. And one as soon as backups
  /// are kept elsewhere, and as soon as the database was replaced: what was taken before leads to
  /// what it was.
  private boolean isCaptureDue(Database database) {
    var all = backups.of(database);
    var captures = all.stream().filter(each -> each.kind() == Backup.Kind.CAPTURE).toList();
    var wish = backups.wish(database);
    var since = backups.inPlaceSince(database);
    var needed = isReplaced(all) || isElsewhere(database, since);
    if (captures.isEmpty() || !(wish.nightly() || needed)) {
      return wish.nightly();
    }
    var now = backups.time();
    var last = captures.getLast();
    if (last.state() == Backup.State.FAILED && !last.createdAt().isBefore(since)) {
      return last.createdAt().plus(RETRY).isBefore(now);
    }
    return needed || last.createdAt().isBefore(wish.lastDue(now));
  }

  private boolean isElsewhere(Database database, Instant since) {
    return backups.newest(database).filter(it -> it.createdAt().isBefore(since)).isPresent();
  }

  /// A restore that was broken off may have replaced it too.
  private static boolean isReplaced(List<Backup> all) {
    return all.stream()
        .filter(each ->
            each.kind() == Backup.Kind.RESTORE
                ? each.state() != Backup.State.RUNNING
                : each.state() == Backup.State.SUCCEEDED)
        .reduce((_, later) -> later)
        .filter(each -> each.kind() == Backup.Kind.RESTORE)
        .isPresent();
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

  /// What an earlier process began it can't have ended. Where that can't be removed now, a visit
  /// has other things to do and to tell.
  private void clearOnce(Database database) {
    try {
      if (!cleared.contains(database.id())) {
        backups.clear(database);
        cleared.add(database.id());
      }
    } catch (UserError busy) {
      LOG.log(Level.FINE, "The next visit of {0} comes to it", database.name());
    } catch (RuntimeException e) {
      LOG.log(Level.INFO, "What restores of " + database.name() + " left is removed later", e);
    }
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
