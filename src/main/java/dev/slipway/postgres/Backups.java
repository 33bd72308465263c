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
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Backups of databases: taken each night and when somebody asks, tried out by drills, restored.
/// One thing at a time is done with a database. Thread-safe.
public final class Backups implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Backups.class.getName());
  private static final String SEED = "seed";
  private static final String RESTORE = "restore";
  private static final String DUMP = "dump";

  /// What backups are restored for, each in a place of its own beside the database.
  static final List<String> PURPOSES = List.of(Drills.PURPOSE, RESTORE, SEED, DUMP);

  private static final int LONGEST_QUERY = 4000;

  private final BackupStore rows;
  private final DatabaseStore databases;
  private final DatabaseServers live;
  private final BackupServers servers;
  private final Turns<Database> turns;
  private final Drills drills;
  private final DatabaseNews news;
  private final Clock clock;
  private final Set<UUID> busy = ConcurrentHashMap.newKeySet();
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
    this.turns = turns;
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
      rows.update(each.ended(Backup.State.FAILED, "control was stopped meanwhile", now()));
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

  private void requireReachable(Database database) {
    live.absence(database)
        .ifPresent(away -> {
          throw away.problem();
        });
  }

  /// Begins a backup.
  ///
  /// @throws UserError conflict, while something else is done with the database's backups
  public Backup capture(Addon addon) {
    var begun = begin(ready(addon), addon.app(), Backup.Kind.CAPTURE, false);
    Thread.startVirtualThread(() -> finish(begun));
    return begun;
  }

  /// Takes a backup that nobody asked for.
  void captureNow(Database database, AppId app) {
    finish(begin(database, app, Backup.Kind.CAPTURE, true));
  }

  private Backup begin(Database database, AppId app, Backup.Kind kind, boolean scheduled) {
    claim(database);
    try {
      return rows.insert(running(database, app, kind, scheduled));
    } catch (RuntimeException e) {
      busy.remove(database.id());
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

  private void claim(Database database) {
    if (!busy.add(database.id())) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "Something is done with the backups of " + database.name() + " already",
              null,
              "Try again when it has ended"));
    }
  }

  /// The row is written last: whoever sees that it has ended may begin the next thing.
  private void finish(Backup begun) {
    var ended = captured(begun);
    busy.remove(begun.database());
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
      return begun.stored(stored, now());
    } catch (RuntimeException e) {
      return failed(begun, e);
    }
  }

  private Backup failed(Backup begun, RuntimeException e) {
    LOG.log(Level.WARNING, begun.kind() + " of " + begun.name() + " failed", e);
    var why = e instanceof UserError it ? it.problem().sentence() : String.valueOf(e.getMessage());
    return begun.ended(Backup.State.FAILED, why, now());
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
    rows.update(backup.ended(Backup.State.CANCELED, "", now()));
  }

  /// Restores the backup into a server that is thrown away, and looks at it there. It takes as long
  /// as a restore does.
  public Backup drill(Backup backup) {
    var database = databases.find(backup.database()).orElseThrow(Backups::none);
    if (!backup.isWhole()) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "There is nothing to restore in that backup.");
    }
    requireWithin(backup);
    requireReachable(database);
    claim(database);
    try {
      var newest = newest(database).map(Backup::id).equals(Optional.of(backup.id()));
      var query = rows.wish(database.id()).query();
      var drilled = backup.drilled(drills.run(database, backup, newest, query));
      rows.update(drilled);
      return drilled;
    } finally {
      busy.remove(database.id());
    }
  }

  /// Restores the backup into a server that is thrown away, and writes what `pg_dump` makes of it
  /// there.
  void dump(Backup backup, OutputStream to) throws IOException {
    var database = databases.find(backup.database()).orElseThrow(Backups::none);
    requireReachable(database);
    claim(database);
    try {
      requireRoom(database, backup);
      var point = BackupServers.Point.backup(backup.label());
      try (var restored = servers.restore(database, point, DUMP, database)) {
        restored.dump(database.databaseName(), to);
      }
    } finally {
      busy.remove(database.id());
    }
  }

  /// On the database's own disk: that must not be full on account of a backup.
  private void requireRoom(Database database, Backup backup) {
    var needed = backup.sourceBytes() + DumpFiles.RESERVE;
    if (servers.room(database) < needed) {
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
    return rows.of(database.id()).stream().filter(Backup::isWhole).reduce((_, later) -> later);
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
    return rows.wish(local(addon).id());
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

  private void requireWithin(Backup backup) {
    var within = databases.find(backup.database()).map(it -> isWithin(it, backup)).orElse(true);
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
    var source = databases.find(seed.source()).orElseThrow(Backups::none);
    if (!busy.add(source.id())) {
      throw new IllegalStateException("backups of " + source.name() + " are busy");
    }
    try {
      plant(fresh, seed, source);
    } finally {
      busy.remove(source.id());
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
    var database = ready(target);
    requireReach(database, at);
    return restore(target, database.id(), BackupServers.Point.at(at));
  }

  /// Begins to replace what the add-on's database has by what another has now. Whoever asks has
  /// confirmed.
  public Backup copy(Addon target, Addon from) {
    var source = ready(from);
    if (local(target).id().equals(source.id())) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "A database can't be copied onto itself.");
    }
    var newest =
        newest(source)
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
    var source = databases.find(from).orElseThrow(Backups::none);
    return restore(
        addon,
        from,
        () -> {
          bringChanges(source);
          return point;
        });
  }

  private Backup restore(Addon addon, UUID from, Supplier<BackupServers.Point> point) {
    var target = ready(addon);
    requireAlone(target);
    var source = databases.find(from).orElseThrow(Backups::none);
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
      return begin(target, app, Backup.Kind.RESTORE, false);
    }
    claim(source);
    try {
      return begin(target, app, Backup.Kind.RESTORE, false);
    } catch (RuntimeException e) {
      busy.remove(source.id());
      throw e;
    }
  }

  private void replace(Backup begun, Database source, Supplier<BackupServers.Point> point) {
    var ended = replaced(begun, source, point);
    busy.remove(source.id());
    busy.remove(begun.database());
    rows.update(ended);
  }

  private Backup replaced(Backup begun, Database source, Supplier<BackupServers.Point> point) {
    var target = databases.find(begun.database()).orElseThrow(Backups::none);
    try (var restored = servers.restore(source, point.get(), RESTORE, target)) {
      turns.take(
          target.id(),
          current -> {
            requireAlone(current);
            live.remove(current);
            restored.become();
            bringUp(current);
            servers.dropReplaced(current);
            return current;
          });
      return begun.ended(Backup.State.SUCCEEDED, "", now());
    } catch (RuntimeException e) {
      return failed(begun, e);
    }
  }

  /// With what it had before, where it does not come up with what was restored.
  private void bringUp(Database target) {
    try {
      live.ensure(target);
    } catch (RuntimeException e) {
      putBack(target, e);
      throw e;
    }
  }

  private void putBack(Database target, RuntimeException cause) {
    try {
      live.remove(target);
      servers.putBack(target);
      live.ensure(target);
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  /// Removes what drills and restores left behind that an earlier process began. What a database
  /// had before a restore stays until it is well.
  ///
  /// @throws UserError conflict, while something else is done with the database's backups
  void clear(Database database) {
    claim(database);
    try {
      servers.clear(database);
      live.query(database, "SELECT 1;\n");
      servers.dropReplaced(database);
    } finally {
      busy.remove(database.id());
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

  private Database local(Addon addon) {
    var database =
        databases
            .ofAddon(addon.id())
            .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that database."));
    if (database.isOutside()) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "A database that is elsewhere has its backups there.");
    }
    return database;
  }

  private Database ready(Addon addon) {
    var database = local(addon);
    if (database.stage() != Database.Stage.READY) {
      throw UserError.of(ErrorCode.UNAVAILABLE, addon.name() + " can't be used yet.");
    }
    requireReachable(database);
    return database;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
