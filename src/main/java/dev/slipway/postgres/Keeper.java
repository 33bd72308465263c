package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.UserError;
import dev.slipway.hosted.Credentials;
import dev.slipway.hosted.Rounds;
import dev.slipway.hosted.Rounds.Pace;
import dev.slipway.hosted.Turns;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Brings about what the rows of databases say: makes those that are new, starts again what a host
/// lost, and deletes what was kept for long enough. Control may be killed at any point.
/// Thread-safe.
final class Keeper implements Rounds.Work {
  /// How long a login that was replaced is let in at the least.
  static final Duration RETIRED_AFTER = Duration.ofHours(1);

  private final DatabaseStore rows;
  private final DatabaseServers servers;
  private final StandbyKeeper standbys;
  private final Turns<Database> turns;
  private final Credentials credentials;
  private final DiskWatch disks;
  private final Consumer<DiskRoom> news;
  private final Clock clock;
  private final Set<UUID> heldBack = ConcurrentHashMap.newKeySet();

  /// @param news told of disks that become nearly full, or are no more
  Keeper(
      DatabaseStore rows,
      DatabaseServers servers,
      StandbyKeeper standbys,
      Turns<Database> turns,
      Credentials credentials,
      DiskWatch disks,
      Consumer<DiskRoom> news,
      Clock clock) {
    this.rows = rows;
    this.servers = servers;
    this.standbys = standbys;
    this.turns = turns;
    this.credentials = credentials;
    this.disks = disks;
    this.news = news;
    this.clock = clock;
  }

  @Override
  public Map<UUID, Pace> due() {
    return rows.stages().entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, each -> pace(each.getValue())));
  }

  private static Pace pace(DatabaseStore.Stages stages) {
    return switch (stages.database()) {
      case MAKING -> Pace.AT_ONCE;
      case READY -> pace(stages.standby());
      case KEPT -> Pace.SELDOM;
      case FAILED -> Pace.NEVER;
    };
  }

  /// A server waits for its standby until somebody sees that it is away.
  private static Pace pace(Standby.@Nullable Stage standby) {
    return switch (standby) {
      case null -> Pace.SELDOM;
      case MAKING, FOLLOWING, REMOVING -> Pace.OFTEN;
      case STOPPING, PROMOTING -> Pace.AT_ONCE;
    };
  }

  @Override
  public void step(UUID id) {
    turns.tryTake(id, this::step);
  }

  private Database step(Database database) {
    return switch (database.stage()) {
      case MAKING -> make(database);
      case READY -> keep(database);
      case KEPT -> sweep(database);
      case FAILED -> database;
    };
  }

  private Database make(Database database) {
    try {
      servers.ensure(database);
      return write(database.at(Database.Stage.READY, ""));
    } catch (UserError e) {
      return write(database.at(Database.Stage.FAILED, e.problem().sentence()));
    }
  }

  private Database keep(Database database) {
    if (database.isTakenOver()) {
      return standbys.step(database);
    }
    if (database.standby() == null) {
      heldBack.remove(database.id());
    } else {
      holdBackOnce(database);
    }
    var kept = withPooler(database);
    if (!servers.runs(kept)) {
      servers.ensure(kept);
    }
    if (!kept.isOutside()) {
      disks.look(kept, news);
    }
    return standbys.step(retire(kept));
  }

  /// Whoever started all that was stopped may have let it start by itself.
  private void holdBackOnce(Database database) {
    if (heldBack.add(database.id())) {
      try {
        servers.ensure(database);
      } catch (RuntimeException e) {
        heldBack.remove(database.id());
        throw e;
      }
    }
  }

  /// A pooler has nothing that could be lost with its host.
  private Database withPooler(Database database) {
    return !database.isPoolerBeside() && servers.isPoolerAway(database)
        ? write(database.withPoolerHere())
        : database;
  }

  /// Ends logins that nothing has any more.
  private Database retire(Database database) {
    var in = database.logins().stream().filter(login -> isLetIn(database, login)).toList();
    if (in.size() == database.logins().size()) {
      return database;
    }
    var fewer = database.letting(in);
    servers.ensure(fewer);
    return write(fewer);
  }

  private boolean isLetIn(Database database, Login login) {
    var newest = database.login();
    return login.equals(newest)
        || clock.instant().isBefore(newest.madeAt().plus(RETIRED_AFTER))
        || credentials.areInUse(requireNonNull(database.addon()), login.user());
  }

  /// What is outside is not ours to keep.
  private Database sweep(Database database) {
    disks.forget(database);
    var without = standbys.step(database);
    if (servers.remove(without)
        && without.standby() == null
        && (database.isOutside() || database.isOver(clock.instant()))) {
      servers.erase(database);
      rows.delete(database);
    }
    return database;
  }

  private Database write(Database database) {
    rows.update(database);
    return database;
  }
}
