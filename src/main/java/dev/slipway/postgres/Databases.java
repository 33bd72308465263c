package dev.slipway.postgres;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.addons.Provider;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.hosted.Credentials;
import dev.slipway.hosted.Kept;
import dev.slipway.hosted.Rounds;
import dev.slipway.hosted.Turns;
import dev.slipway.release.Releases;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Every database, and what can be asked of it beyond what its add-on can. Thread-safe.
public final class Databases implements AutoCloseable {
  private final DatabaseStore rows;
  private final DatabaseServers servers;
  private final Turns<Database> turns;
  private final Kept<Database> kept;
  private final Backups backups;
  private final DiskWatch disks;
  private final DatabaseNews news;
  private final Dumps dumps;
  private final StandbyServers standbyServers;
  private final Standbys standbys;
  private final Clock clock;
  private @Nullable Rounds rounds;

  /// Where dumps of backups are kept on control's host, and what they are encrypted with.
  public record DumpPlace(Path directory, Secret key) {}

  /// Databases of these rows, in containers.
  public Databases(
      DatabaseStore rows,
      DockerServers servers,
      BackupStore backupRows,
      DumpPlace dumps,
      DatabaseNews news,
      Clock clock) {
    this(
        rows,
        servers,
        new DockerStandbys(servers),
        backupRows,
        new DockerBackups(servers),
        dumps,
        news,
        clock);
  }

  Databases(
      DatabaseStore rows,
      DatabaseServers servers,
      StandbyServers standbyServers,
      BackupStore backupRows,
      BackupServers backupServers,
      DumpPlace dumps,
      DatabaseNews news,
      Clock clock) {
    this.rows = rows;
    this.turns = new Turns<>(rows::find, rows::update);
    this.kept = new Kept<>(rows::all, turns);
    this.backups = new Backups(backupRows, rows, servers, backupServers, turns, news, clock);
    this.dumps = new Dumps(backups, dumps.directory(), dumps.key(), clock);
    this.servers = new SeededServers(servers, backups.restores()::plant);
    this.disks = new DiskWatch(servers);
    this.news = news;
    this.standbyServers = standbyServers;
    this.standbys = new Standbys(rows, this.servers, standbyServers, turns, clock);
    this.clock = clock;
  }

  /// Their standbys.
  public Standbys standbys() {
    return standbys;
  }

  /// Their backups.
  public Backups backups() {
    return backups;
  }

  /// Backups as files that `pg_restore` reads.
  public Dumps dumps() {
    return dumps;
  }

  /// What provides them as add-ons.
  public Provider provider() {
    return new PostgresProvider(rows, servers, turns, kept, backups.restores(), clock);
  }

  /// Brings about what is written down, from now on.
  ///
  /// @param fence throws where another control has taken over
  public void start(Addons addons, Releases releases, Runnable fence) {
    var follows = new StandbyKeeper(rows, servers, standbyServers, standbys, turns, clock);
    var credentials = new Credentials(addons, releases);
    var keeper =
        new Keeper(
            rows, servers, follows, turns, credentials, disks, room -> tell(addons, room), clock);
    rounds = new Rounds("Database", keeper, fence, clock);
    rounds.start();
    backups.start(addons, fence);
    dumps.start();
  }

  private void tell(Addons addons, DiskRoom room) {
    rows.find(room.id())
        .flatMap(database -> Optional.ofNullable(database.addon()))
        .flatMap(addons::find)
        .ifPresent(addon -> news.tell(addon.app(), room, room.sentence()));
  }

  @Override
  public void close() {
    dumps.close();
    backups.close();
    if (rounds != null) {
      rounds.close();
    }
  }

  /// The database of the add-on.
  ///
  /// @throws UserError not_found, when it has none
  public Database of(Addon addon) {
    return rows.ofAddon(addon.id()).orElseThrow(Databases::none);
  }

  /// The database of the add-on, once there is one.
  public Optional<Database> find(Addon addon) {
    return rows.ofAddon(addon.id());
  }

  /// The name of the host that has the database, or its pooler.
  public String host(Database database) {
    return servers.hostName(database.node());
  }

  /// What is to say of a database whose host can't be reached; nothing where it can.
  public Optional<Away> away(Database database) {
    return servers.absence(database);
  }

  /// Those that an add-on has.
  public List<Database> inUse() {
    return rows.all().stream().filter(each -> each.addon() != null).toList();
  }

  /// The room on the database's disk, if that is so little that it takes no changes.
  public Optional<DiskRoom> lowRoom(Database database) {
    return disks.low(database);
  }

  /// The databases that were destroyed and can still be recovered, the last one first.
  public List<Database> destroyed(AccountId owner) {
    return kept.of(owner);
  }

  /// Has a destroyed database's data deleted now.
  ///
  /// @throws UserError not_found, when the account has none such
  public void erase(AccountId owner, String called) {
    if (kept.change(owner, called, database -> database.destroyed(Instant.EPOCH)).isEmpty()) {
      throw none();
    }
  }

  /// How long a login that was replaced is let in at the least.
  public static Duration retiredAfter() {
    return Keeper.RETIRED_AFTER;
  }

  /// Lets in another login, and gives the apps that instead of the one before, each by a release.
  /// The one before is let in for as long as a dyno may have it.
  public void rotate(Addon addon, Addons addons, AccountId by) {
    var found = ready(addon);
    if (found.isOutside()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The credentials of " + addon.name() + " can't be rotated",
              "the database is elsewhere, and so are its passwords",
              "Change the password there, and attach the database again"));
    }
    turns.change(found.id(), this::letInOneMore);
    addons.refresh(addon, by);
  }

  /// Written down last: what is written down is let in, whenever control is killed.
  private Database letInOneMore(Database database) {
    Standbys.requireSettled(database);
    var more = database.with(Login.create(now()));
    servers.ensure(more);
    return more;
  }

  /// Has a standby made for the database.
  ///
  /// @param host the name of its host, or null for any but the database's
  public void makeStandby(Addon addon, @Nullable String host) {
    standbys.make(ready(addon), host);
  }

  /// Deletes all that is in the database; its logins stay.
  public void reset(Addon addon) {
    turns.take(
        ready(addon).id(),
        database -> {
          Standbys.requireSettled(database);
          servers.reset(database);
          return database;
        });
  }

  /// Runs SQL in the database with all rights, and gives what psql prints.
  ///
  /// @throws UserError when the database refuses it or can't be reached
  public String query(Addon addon, String sql, String... arguments) {
    var database = ready(addon);
    try {
      return servers.query(database, sql, arguments);
    } catch (RuntimeException cutOff) {
      away(database)
          .ifPresent(away -> {
            throw away.problem();
          });
      throw cutOff;
    }
  }

  private Database ready(Addon addon) {
    var database = of(addon);
    if (database.stage() != Database.Stage.READY) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              addon.name() + " can't be used yet",
              null,
              "heroku pg:wait waits for it"));
    }
    away(database)
        .ifPresent(away -> {
          throw away.problem();
        });
    return database;
  }

  private static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that database.");
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
