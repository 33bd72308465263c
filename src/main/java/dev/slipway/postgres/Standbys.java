package dev.slipway.postgres;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.hosted.Turns;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What can be asked of standbys: one is made, takes over, is taken away. It is written down here
/// and brought about by the `StandbyKeeper`. Thread-safe.
public final class Standbys {
  private final DatabaseStore rows;
  private final DatabaseServers servers;
  private final StandbyServers standbys;
  private final Turns<Database> turns;
  private final Clock clock;

  Standbys(
      DatabaseStore rows,
      DatabaseServers servers,
      StandbyServers standbys,
      Turns<Database> turns,
      Clock clock) {
    this.rows = rows;
    this.servers = servers;
    this.standbys = standbys;
    this.turns = turns;
    this.clock = clock;
  }

  /// How a database's standby does.
  ///
  /// @param host the name of its host
  /// @param state for people, such as `in step`
  /// @param takesOver whether it is becoming the server
  /// @param problem what is in its way; empty for nothing
  /// @param lagBytes how much of the server it lacks; negative where nobody knows
  public record Report(
      String host,
      String state,
      boolean inStep,
      boolean takesOver,
      String problem,
      long lagBytes) {}

  /// How the standby does, if there is one.
  public Optional<Report> report(Database database) {
    return Optional.ofNullable(database.standby()).map(standby -> report(database, standby));
  }

  private Report report(Database database, Standby standby) {
    return new Report(
        servers.hostName(standby.node()),
        state(standby),
        standby.inStep(),
        standby.isTakingOver(),
        standbys.absence(database).orElse(standby.problem()),
        standby.stage() == Standby.Stage.FOLLOWING ? lag(database) : -1);
  }

  private static String state(Standby standby) {
    return switch (standby.stage()) {
      case MAKING -> "the data is copied";
      case FOLLOWING -> standby.inStep() ? "in step" : "behind";
      case STOPPING -> "the server is stopped";
      case PROMOTING -> "the standby takes over";
      case REMOVING -> "it is taken away";
    };
  }

  private long lag(Database database) {
    try {
      return servers.absence(database).isPresent() ? -1 : standbys.following(database).lagBytes();
    } catch (RuntimeException unknown) {
      return -1;
    }
  }

  /// Has a standby made.
  ///
  /// @param host the name of its host, or null for any but the database's
  public void make(Database database, @Nullable String host) {
    turns.change(
        database.id(),
        current -> {
          requireNone(current);
          return current.having(Standby.on(choose(current, host)));
        });
  }

  private static void requireNone(Database database) {
    if (database.isOutside()) {
      throw refused(database, "it is elsewhere", "Whoever runs it there can give it a standby");
    }
    if (database.standby() != null) {
      throw refused(
          database,
          "it has one",
          "./slipway pg standby --remove takes it away, or goes on with it");
    }
  }

  private static UserError refused(Database database, String why, String hint) {
    return new UserError(
        new Problem(ErrorCode.CONFLICT, database.name() + " gets no standby", why, hint));
  }

  private String choose(Database database, @Nullable String host) {
    return standbys
        .choose(host, database, rows.all())
        .orElseThrow(() ->
            refused(
                database,
                host == null
                    ? "no other host than its own takes one now"
                    : "no host " + host + " other than its own takes one now",
                "./slipway hosts shows the hosts"));
  }

  /// Has the standby taken away with its data.
  public void remove(Database database) {
    turns.change(
        database.id(),
        current -> {
          var standby = required(current);
          requireSettled(current);
          return current.having(standby.at(Standby.Stage.REMOVING, "").inStep(false));
        });
  }

  private static Standby required(Database database) {
    var standby = database.standby();
    if (standby == null) {
      throw new UserError(
          new Problem(
              ErrorCode.NOT_FOUND,
              database.name() + " has no standby",
              null,
              "./slipway pg standby makes one"));
    }
    return standby;
  }

  /// @throws UserError while the standby of the database takes over
  static void requireSettled(Database database) {
    if (database.isTakenOver()) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "The standby of " + database.name() + " is taking over",
              null,
              "Try again when it has"));
    }
  }

  /// Has the standby take over.
  ///
  /// @param mayLose whether it shall though it may lack what was acknowledged
  public void failOver(Database database, boolean mayLose) {
    turns.change(database.id(), current -> beginFailover(current, mayLose));
  }

  private Database beginFailover(Database database, boolean mayLose) {
    var standby = required(database);
    requireSettled(database);
    if (standby.stage() != Standby.Stage.FOLLOWING) {
      throw cannot(database, state(standby), "./slipway pg standby -a APP waits until it follows");
    }
    standbys
        .absence(database)
        .ifPresent(why -> {
          throw cannot(database, why, "It is needed for that");
        });
    var away = servers.absence(database);
    if (away.isEmpty()) {
      return database.having(standby.stopping(mayLose));
    }
    if (!standby.inStep() && !mayLose) {
      throw cannot(
          database,
          "it was behind when the database went away: " + away.get().why(),
          "When the host is back, so is all; --lose-what-is-missing goes on without what it lacks");
    }
    return takeOver(database);
  }

  private static UserError cannot(Database database, String why, String hint) {
    return new UserError(
        new Problem(
            ErrorCode.CONFLICT,
            "The standby of " + database.name() + " can't take over",
            why,
            hint));
  }

  /// The row, in which it has: from then on the server before is none any more.
  Database takeOver(Database database) {
    return database.takenOver(
        servers.isPoolerAway(database), clock.instant().truncatedTo(ChronoUnit.SECONDS));
  }
}
