package dev.slipway.postgres;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.hosted.Turns;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Backups of databases: taken each night and when somebody asks, tried out by drills, dumped. One
/// thing at a time is done with those of a database. Thread-safe.
public final class Backups implements AutoCloseable {
  private static final String DUMP = "dump";

  /// What backups are restored for, each in a place of its own beside the database.
  static final List<String> PURPOSES =
      List.of(Drills.PURPOSE, Restores.RESTORE, Restores.SEED, DUMP);

  private static final int LONGEST_QUERY = 4000;

  private final BackupStore rows;
  private final DatabaseStore databases;
  private final DatabaseServers live;
  private final BackupServers servers;
  private final LocalDatabases local;
  private final RunningBackups running;
  private final Restores restores;
  private final Drills drills;
  private final DatabaseNews news;
  private final Clock clock;
  private @Nullable BackupRounds rounds;

  Backups(
      BackupStore rows,
      DatabaseStore databases,
      DatabaseServers live,
      BackupServers servers,
      Turns<Database> turns,
      DatabaseNews news,
      Clock clock) {
    this.rows = rows;
    this.databases = databases;
    this.live = live;
    this.servers = servers;
    this.local = new LocalDatabases(databases, live);
    this.running = new RunningBackups(rows, clock);
    this.restores = new Restores(rows, local, servers, running, turns, clock);
    this.drills = new Drills(live, servers, clock);
    this.news = news;
    this.clock = clock;
  }

  /// Takes and tries backups when they are due, from now on. What an earlier process left
  /// unfinished has failed.
  ///
  /// @param fence throws where another control has taken over
  void start(Addons addons, Runnable fence) {
    for (var each : rows.running()) {
      rows.update(each.ended(Backup.State.FAILED, "control was stopped meanwhile", running.now()));
    }
    rounds = new BackupRounds(this, databases, addons, fence);
    rounds.start();
  }

  @Override
  public void close() {
    if (rounds != null) {
      rounds.close();
    }
  }

  /// What is restored from them.
  public Restores restores() {
    return restores;
  }

  /// The app's backups and restores, oldest first. Those of a database whose data was deleted went
  /// with it.
  public List<Backup> of(AppId app) {
    var there = databases.all().stream().map(Database::id).collect(Collectors.toSet());
    return rows.of(app).stream().filter(each -> there.contains(each.database())).toList();
  }

  /// The database's, oldest first.
  List<Backup> of(Database database) {
    return rows.of(database.id());
  }

  /// The one of the app that has this number, id or name such as `b001`.
  ///
  /// @throws UserError not_found
  public Backup get(AppId app, String called) {
    return of(app).stream()
        .filter(each ->
            Integer.toString(each.number()).equals(called)
                || each.id().toString().equals(called)
                || each.called().equals(called))
        .findFirst()
        .orElseThrow(Backups::none);
  }

  private static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that backup.");
  }

  /// What is wrong with the backups of the add-on's database, or nothing.
  public Optional<String> problem(Addon addon) {
    return databases.ofAddon(addon.id()).filter(each -> !each.isOutside()).flatMap(this::problem);
  }

  Optional<String> problem(Database database) {
    return live.absence(database)
        .map(away -> "none can be taken, because " + away.why())
        .or(() ->
            BackupHealth.problem(
                database, rows.wish(database.id()), rows.of(database.id()), clock.instant()));
  }

  /// Whether anything can be done for them now.
  boolean areReachable(Database database) {
    return live.absence(database).isEmpty();
  }

  /// Begins a backup.
  ///
  /// @throws UserError conflict, while something else is done with the database's backups
  public Backup capture(Addon addon) {
    var begun = running.begin(local.ready(addon), addon.app(), Backup.Kind.CAPTURE, false);
    Thread.startVirtualThread(() -> finish(begun));
    return begun;
  }

  /// Takes a backup that nobody asked for.
  void captureNow(Database database, AppId app) {
    finish(running.begin(database, app, Backup.Kind.CAPTURE, true));
  }

  /// The row is written last: whoever sees that it has ended may begin the next thing.
  private void finish(Backup begun) {
    var ended = captured(begun);
    running.release(begun.database());
    // One that was called off meanwhile is left to the repository, which drops it when it is old.
    if (rows.find(begun.id()).filter(it -> it.state() == Backup.State.CANCELED).isEmpty()) {
      rows.update(ended);
    }
  }

  private Backup captured(Backup begun) {
    try {
      var database = databases.find(begun.database()).orElseThrow(Backups::none);
      var stored = servers.capture(database);
      forgetExpired(database);
      return begun.stored(stored, running.now());
    } catch (RuntimeException e) {
      return running.failed(begun, e);
    }
  }

  /// The repository drops what is too old. What it lacks beside that may be in another one: backups
  /// are kept elsewhere for a while, and then here again.
  private void forgetExpired(Database database) {
    var old = clock.instant().minus(Duration.ofDays(RepositorySettings.KEPT_DAYS));
    var there = servers.stored(database).stream().map(BackupServers.Stored::label).toList();
    rows.of(database.id()).stream()
        .filter(Backup::isWhole)
        .filter(each -> each.createdAt().isBefore(old) && !there.contains(each.label()))
        .forEach(rows::delete);
  }

  /// Deletes a backup.
  ///
  /// @throws UserError conflict, where it is the newest: all changes since hang on it
  public void delete(Backup backup) {
    var database = databases.find(backup.database());
    if (backup.isWhole() && database.isPresent()) {
      requireOlder(backup, database.get());
      servers.delete(database.get(), backup.label());
    }
    rows.delete(backup);
  }

  private void requireOlder(Backup backup, Database database) {
    if (newest(database).map(Backup::id).equals(Optional.of(backup.id()))) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              backup.called() + " can't be deleted",
              "it is the newest backup of " + backup.name(),
              "heroku pg:backups:capture takes another one"));
    }
  }

  /// Calls off what runs: nothing is kept of it.
  public void cancel(Backup backup) {
    if (backup.state() != Backup.State.RUNNING || backup.kind() == Backup.Kind.RESTORE) {
      throw UserError.of(ErrorCode.CONFLICT, "It can't be called off any more.");
    }
    rows.update(backup.ended(Backup.State.CANCELED, "", running.now()));
  }

  /// Restores the backup into a server that is thrown away, and looks at it there. It takes as long
  /// as a restore does.
  public Backup drill(Backup backup) {
    var database = databases.find(backup.database()).orElseThrow(Backups::none);
    if (!backup.isWhole()) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "There is nothing to restore in that backup.");
    }
    restores.requireWithin(backup);
    local.requireReachable(database);
    running.claim(database);
    try {
      var newest = newest(database).map(Backup::id).equals(Optional.of(backup.id()));
      var query = rows.wish(database.id()).query();
      var drilled = backup.drilled(drills.run(database, backup, newest, query));
      rows.update(drilled);
      return drilled;
    } finally {
      running.release(database.id());
    }
  }

  /// Restores the backup into a server that is thrown away, and writes what `pg_dump` makes of it
  /// there.
  void dump(Backup backup, OutputStream to) throws IOException {
    var database = databases.find(backup.database()).orElseThrow(Backups::none);
    local.requireReachable(database);
    running.claim(database);
    try {
      requireRoom(database, backup);
      var point = BackupServers.Point.backup(backup.label());
      try (var restored = servers.restore(database, point, DUMP, database)) {
        restored.dump(database.databaseName(), to);
      }
    } finally {
      running.release(database.id());
    }
  }

  /// On the database's own disk: that must not be full on account of a backup.
  private void requireRoom(Database database, Backup backup) {
    var needed = backup.sourceBytes() + DumpFiles.RESERVE;
    if (servers.freeBytes(database) < needed) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              backup.called() + " can't be dumped now",
              "its host's disk has less than " + (needed >> 20) + " MB left to restore it in",
              "slipway pg backups dump writes the database as it is now, and needs no room there"));
    }
  }

  /// Whether there is such a backup, and its database's data.
  boolean isKept(UUID backup) {
    return kept(backup).isPresent();
  }

  /// The backup of that id.
  Optional<Backup> kept(UUID backup) {
    return rows.find(backup)
        .filter(Backup::isWhole)
        .filter(each -> databases.find(each.database()).isPresent());
  }

  /// Tells the app's log, drains and webhooks.
  void tell(Backup backup, String text) {
    news.tell(backup.app(), backup, text);
  }

  Optional<Backup> newest(Database database) {
    return rows.newest(database.id());
  }

  /// Has drills of the add-on's database ask this, too; empty for nothing.
  public void ask(Addon addon, String query) {
    if (query.length() > LONGEST_QUERY || query.stripLeading().startsWith("\\")) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "A query is one SQL statement of at most 4,000 characters.");
    }
    rows.write(wish(addon).asking(query.strip()));
  }

  /// What is wanted of the backups of the add-on's database.
  public BackupWish wish(Addon addon) {
    return rows.wish(local.of(addon).id());
  }

  /// Has a backup taken each day at that hour, or none unasked.
  public BackupWish schedule(Addon addon, boolean nightly, int hour, ZoneId zone) {
    var before = wish(addon);
    if (hour < 0 || hour > 23) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "hour must be 0 to 23.");
    }
    var wish = new BackupWish(before.database(), nightly, hour, zone, before.query());
    rows.write(wish);
    return wish;
  }

  /// Removes what drills and restores left behind that an earlier process began. What a database
  /// had before a restore stays until it is well.
  ///
  /// @throws UserError conflict, while something else is done with the database's backups
  void clear(Database database) {
    running.claim(database);
    try {
      servers.clear(database);
      live.query(database, "SELECT 1;\n");
      servers.dropReplaced(database);
    } finally {
      running.release(database.id());
    }
  }

  void tell(AppId app, Database database, String text) {
    var all = of(database);
    if (!all.isEmpty()) {
      news.tell(app, all.getLast(), text);
    }
  }

  /// Since when the database's repository is where it is now.
  Instant inPlaceSince(Database database) {
    var all = servers.inPlaceSince();
    var its = database.seats().since();
    return its == null || its.isBefore(all) ? all : its;
  }

  BackupWish wish(Database database) {
    return rows.wish(database.id());
  }

  /// What the server's version is now.
  String version(Database database) {
    return live.query(database, "SHOW server_version;\n", "-At").strip();
  }

  Instant time() {
    return clock.instant();
  }
}
