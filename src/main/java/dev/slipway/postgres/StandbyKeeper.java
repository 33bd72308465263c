package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;

import dev.slipway.hosted.Turns;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Brings about what the rows of databases say of standbys. What may be lost is written down before
/// it may be: a server waits for a standby that the row calls in step, and a server that another
/// one replaces in the row is stopped, or can't acknowledge anything. Thread-safe.
final class StandbyKeeper {
  private static final Logger LOG = Logger.getLogger(StandbyKeeper.class.getName());

  /// How long a server waits for a standby that is away.
  static final Duration WAITED_FOR = Duration.ofSeconds(7);

  private static final Duration RETRY = Duration.ofSeconds(10);

  /// A standby that lacks more is not waited for yet.
  private static final long NEAR_BYTES = 16L << 20;

  private final DatabaseStore rows;
  private final DatabaseServers servers;
  private final StandbyServers standbys;
  private final Standbys asked;
  private final Turns<Database> turns;
  private final Clock clock;
  private final Map<UUID, Instant> missing = new ConcurrentHashMap<>();
  private final Map<UUID, String> positions = new ConcurrentHashMap<>();
  private final Map<UUID, Instant> failed = new ConcurrentHashMap<>();
  private final Set<UUID> copied = ConcurrentHashMap.newKeySet();
  private final Set<UUID> started = ConcurrentHashMap.newKeySet();

  StandbyKeeper(
      DatabaseStore rows,
      DatabaseServers servers,
      StandbyServers standbys,
      Standbys asked,
      Turns<Database> turns,
      Clock clock) {
    this.rows = rows;
    this.servers = servers;
    this.standbys = standbys;
    this.asked = asked;
    this.turns = turns;
    this.clock = clock;
  }

  /// Does what is to be done for the database's standby now, in the database's turn.
  Database step(Database database) {
    var standby = database.standby();
    return standby == null
        ? database
        : switch (standby.stage()) {
          case MAKING -> make(database);
          case FOLLOWING -> follow(database, standby);
          case STOPPING -> stop(database, standby);
          case PROMOTING -> promote(database, standby);
          case REMOVING -> remove(database);
        };
  }

  /// Not in the database's turn: a copy takes as long as there is data.
  private Database make(Database database) {
    if (standbys.absence(database).isPresent()) {
      return withoutForgotten(database);
    }
    var id = database.id();
    var last = failed.get(id);
    if ((last == null || !clock.instant().isBefore(last.plus(RETRY))) && copied.add(id)) {
      Thread.startVirtualThread(() -> copy(database));
    }
    return database;
  }

  /// A host that is away may come back; one that the fleet has forgotten does not.
  private Database withoutForgotten(Database database) {
    var standby = requireNonNull(database.standby());
    return standbys.isForgotten(database)
        ? write(database.having(standby.at(Standby.Stage.REMOVING, "").inStep(false)))
        : database;
  }

  private void copy(Database database) {
    var id = database.id();
    try {
      standbys.copy(database);
      failed.remove(id);
      changeWhileMaking(
          database, requireNonNull(database.standby()).at(Standby.Stage.FOLLOWING, ""));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The standby of " + database.name() + " is made later", e);
      failed.put(id, clock.instant());
      var why = String.valueOf(e.getMessage());
      changeWhileMaking(database, requireNonNull(database.standby()).at(Standby.Stage.MAKING, why));
    } finally {
      copied.remove(id);
    }
  }

  private void changeWhileMaking(Database database, Standby next) {
    turns.changeIf(
        database.id(), current -> isSameCopy(current, database), current -> current.having(next));
  }

  private static boolean isSameCopy(Database current, Database begun) {
    var standby = current.standby();
    return standby != null
        && standby.stage() == Standby.Stage.MAKING
        && current.node().equals(begun.node())
        && standby.node().equals(requireNonNull(begun.standby()).node());
  }

  private Database follow(Database database, Standby standby) {
    var following = standbys.following(database);
    if (following.lost()) {
      var anew = standby.anew("the server no longer had what it needed next");
      return write(database.having(anew));
    }
    if (isWell(database, following)) {
      missing.remove(database.id());
      return keepStep(database, standby, following);
    }
    startBeside(database);
    return isMissingLong(database)
        ? withoutForgotten(release(database, standby, following))
        : database;
  }

  /// One that says that it is there, and writes nothing down, is not well.
  private boolean isWell(Database database, StandbyServers.Following following) {
    var before = positions.put(database.id(), following.position());
    return following.streaming()
        && (following.lagBytes() == 0 || !following.position().equals(before));
  }

  private boolean isMissingLong(Database database) {
    var now = clock.instant();
    var since = missing.computeIfAbsent(database.id(), _ -> now);
    return !now.isBefore(since.plus(WAITED_FOR));
  }

  private Database keepStep(
      Database database, Standby standby, StandbyServers.Following following) {
    if (standby.inStep() && !following.synchronous()) {
      return write(database.having(standby.inStep(false)));
    }
    if (standby.inStep() || following.lagBytes() > NEAR_BYTES) {
      return database;
    }
    standbys.synchronise(database);
    return write(database.having(standby.inStep(true).at(Standby.Stage.FOLLOWING, "")));
  }

  /// First the row: from then on nobody trusts the standby to have what is acknowledged.
  private Database release(Database database, Standby standby, StandbyServers.Following following) {
    var behind =
        standby.inStep()
            ? write(
                database.having(
                    standby.inStep(false).at(Standby.Stage.FOLLOWING, "it does not follow")))
            : database;
    if (following.waits()) {
      standbys.release(database);
    }
    return behind;
  }

  /// Not in the database's turn: a host that is about to be away may take long to answer.
  private void startBeside(Database database) {
    if (standbys.absence(database).isEmpty() && started.add(database.id())) {
      Thread.startVirtualThread(() -> {
        try {
          standbys.start(database);
        } catch (RuntimeException e) {
          LOG.log(Level.INFO, "The standby of " + database.name() + " is started later", e);
        } finally {
          started.remove(database.id());
        }
      });
    }
  }

  /// Clients wait meanwhile. Where the server's host goes away now, a standby that is in step takes
  /// over all the same.
  private Database stop(Database database, Standby standby) {
    try {
      if (servers.absence(database).isEmpty()) {
        standbys.hold(database);
        standbys.stopServer(database);
        requireAll(database, standby);
      } else {
        requireStep(standby);
      }
    } catch (RuntimeException e) {
      return giveUp(database, standby, e);
    }
    var over = write(asked.takeOver(database));
    return promote(over, requireNonNull(over.standby()));
  }

  private void requireAll(Database database, Standby standby) {
    if (!standbys.hasAll(database)) {
      requireStep(standby);
    }
  }

  private static void requireStep(Standby standby) {
    if (!standby.inStep() && !standby.mayLose()) {
      throw new IllegalStateException("it does not have all that the server has");
    }
  }

  /// The server goes on, in its place.
  private Database giveUp(Database database, Standby standby, RuntimeException why) {
    LOG.log(Level.WARNING, "The standby of " + database.name() + " does not take over", why);
    var following =
        standby.at(Standby.Stage.FOLLOWING, "it did not take over: " + why.getMessage());
    var stays = write(database.having(following));
    servers.ensure(stays);
    return stays;
  }

  private Database promote(Database database, Standby standby) {
    standbys.promote(database);
    var done = write(database.having(standby.anew("")));
    servers.ensure(done);
    return done;
  }

  /// First the server goes on without it. What is copied there ends before all is done.
  private Database remove(Database database) {
    if (servers.runs(database)) {
      forget(database);
    }
    if (!standbys.isForgotten(database) && standbys.absence(database).isPresent()) {
      return database;
    }
    standbys.remove(database);
    return copied.contains(database.id()) ? database : write(database.having(null));
  }

  /// A database that is destroyed is stopped whatever it says; one that is recovered is told again.
  private void forget(Database database) {
    try {
      standbys.forget(database);
    } catch (RuntimeException e) {
      if (database.stage() != Database.Stage.KEPT) {
        throw e;
      }
      LOG.log(Level.INFO, database.name() + " is destroyed with what it knows of a standby", e);
    }
  }

  private Database write(Database database) {
    rows.update(database);
    return database;
  }
}
