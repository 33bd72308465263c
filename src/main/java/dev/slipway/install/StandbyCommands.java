package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the command asks of standbys, through the API. What the API refuses is thrown as
/// `UserError`, in its words.
public final class StandbyCommands {
  private static final Duration COPIED_WITHIN = Duration.ofHours(4);
  private static final Duration TAKEN_OVER_WITHIN = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final DatabaseCommands databases;

  StandbyCommands(DatabaseCommands databases) {
    this.databases = databases;
  }

  /// A database and its standby.
  ///
  /// @param host the database's
  /// @param standby what is said of the standby, if there is one
  /// @param json all of it
  public record Pair(String name, String host, Optional<Follower> standby, JsonNode json) {
    /// Whether there is one that has all that is acknowledged.
    public boolean isInStep() {
      return standby.map(Follower::inStep).orElse(false);
    }

    private boolean isTakingOver() {
      return standby.map(Follower::takesOver).orElse(false);
    }
  }

  /// The standby.
  ///
  /// @param state for people
  /// @param takesOver whether it is becoming the server
  /// @param lagBytes how much it lacks; negative where nobody knows
  /// @param problem what is in its way; empty for nothing
  public record Follower(
      String host, String state, boolean inStep, boolean takesOver, long lagBytes, String problem) {
    /// A line for people.
    public String text() {
      var lag = lagBytes < 0 ? "" : ", " + lagBytes + " bytes behind";
      return "standby on " + host + ": " + state + lag + (problem.isEmpty() ? "" : ", " + problem);
    }
  }

  /// How they are.
  public Pair get(String app, @Nullable String database) {
    return at(path(app, database));
  }

  /// Has a standby made, and waits until it is in step. Where there is one already, gives how it
  /// does.
  ///
  /// @param host the name of its host, or null for any
  /// @param progress is told what changes
  public Pair make(
      String app, @Nullable String database, @Nullable String host, Consumer<String> progress) {
    var path = path(app, database);
    var before = at(path);
    if (before.standby().isPresent()) {
      return before;
    }
    databases.send("POST", path + "/standby", host == null ? Map.of() : Map.of("host", host));
    return await(path, COPIED_WITHIN, progress, Pair::isInStep);
  }

  /// Has the standby taken away, and waits until it is.
  public Pair remove(String app, @Nullable String database, Consumer<String> progress) {
    var path = path(app, database);
    databases.send("DELETE", path + "/standby", null);
    return await(path, TAKEN_OVER_WITHIN, progress, pair -> pair.standby().isEmpty());
  }

  /// Has the standby take over, and waits until it has.
  ///
  /// @param confirm the app's name
  /// @param losing whether it shall though it may lack something
  public Pair failOver(
      String app,
      @Nullable String database,
      @Nullable String confirm,
      boolean losing,
      Consumer<String> progress) {
    var path = path(app, database);
    var before = at(path);
    var body = new HashMap<String, Object>(Map.of("lose_what_is_missing", losing));
    body.put("confirm", confirm == null ? "" : confirm);
    databases.send("POST", path + "/failover", body);
    var after = await(path, TAKEN_OVER_WITHIN, progress, pair -> !pair.isTakingOver());
    if (after.host().equals(before.host())) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "The standby of " + after.name() + " did not take over",
              after.standby().map(Follower::problem).orElse("there is none any more"),
              "The database goes on where it was"));
    }
    return after;
  }

  private String path(String app, @Nullable String database) {
    return "/client/v11/databases/" + databases.addon(app, database);
  }

  private Pair at(String path) {
    var found = databases.send("GET", path + "/standby", null);
    var standby = found.path("standby");
    return new Pair(
        found.path("name").asString(""),
        found.path("host").asString(""),
        standby.isMissingNode() ? Optional.empty() : Optional.of(follower(standby)),
        found);
  }

  private static Follower follower(JsonNode standby) {
    return new Follower(
        standby.path("host").asString(""),
        standby.path("state").asString(""),
        standby.path("in_step").asBoolean(false),
        standby.path("takes_over").asBoolean(false),
        standby.path("lag_bytes").asLong(-1),
        standby.path("problem").asString(""));
  }

  private Pair await(
      String path, Duration patience, Consumer<String> progress, Predicate<Pair> wanted) {
    var last = new AtomicReference<>(at(path));
    var told = new AtomicReference<>("");
    var reached =
        Waiting.until(
            patience,
            PAUSE,
            () -> {
              var pair = at(path);
              last.set(pair);
              pair.standby()
                  .map(StandbyCommands::step)
                  .ifPresent(step -> tell(step, told, progress));
              return wanted.test(pair);
            });
    if (!reached) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              last.get().name() + " is not so far yet",
              last.get().standby().map(Follower::text).orElse(null),
              "It goes on without this command; heroku pg:info tells how far it is"));
    }
    return last.get();
  }

  private static String step(Follower standby) {
    return standby.state() + (standby.problem().isEmpty() ? "" : ": " + standby.problem());
  }

  private static void tell(String step, AtomicReference<String> told, Consumer<String> progress) {
    if (!step.equals(told.getAndSet(step))) {
      progress.accept(step);
    }
  }
}
