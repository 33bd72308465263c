package dev.slipway.schedules;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.observe.Logs;
import dev.slipway.oneoff.OneOffs;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The schedules of all apps, and their runs. Thread-safe.
public final class Schedules implements AutoCloseable {
  /// More than anybody needs, and few enough that a tick of all of an app's is no load.
  private static final int MOST = 100;

  private final Store store;
  private final ScheduleStore rows;
  private final OneOffs oneOffs;
  private final Clock clock;
  private final Ticker ticker;

  /// Schedules whose commands run as one-off dynos. Nothing is run before `start`.
  public Schedules(Store store, Apps apps, OneOffs oneOffs, Logs logs, Clock clock) {
    this.store = store;
    this.rows = new ScheduleStore(store);
    this.oneOffs = oneOffs;
    this.clock = clock;
    this.ticker = new Ticker(store, rows, apps, oneOffs, logs, clock);
    oneOffs.listen(ticker);
  }

  /// Runs what is due from now on.
  public void start() {
    ticker.start();
  }

  @Override
  public void close() {
    ticker.close();
  }

  /// The app's schedules, by name.
  public List<Schedule> list(AppId app) {
    return rows.of(app);
  }

  /// One of them.
  ///
  /// @throws UserError not_found where there is no such one
  public Schedule get(AppId app, String nameOrId) {
    return find(rows.of(app), nameOrId);
  }

  private static Schedule find(List<Schedule> all, String nameOrId) {
    return all.stream()
        .filter(each -> each.name().equals(nameOrId) || each.id().toString().equals(nameOrId))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that schedule."));
  }

  /// Adds a schedule. It is due at its first time from now on.
  ///
  /// @throws UserError conflict where the name is taken
  public Schedule add(App app, ScheduleRequest request) {
    var when = Recurrence.of(request.told(), request.zone());
    return store.inTransaction(db -> {
      var others = rows.of(db, app.id()).stream().map(Schedule::name).toList();
      requireFree(app, request.name(), others);
      var now = now();
      var schedule =
          new Schedule(
              UUID.randomUUID(),
              app.id(),
              request.name() == null ? freeName(others) : request.name(),
              request.told().strip(),
              when,
              request.command(),
              request.size(),
              request.overlap(),
              request.grace(),
              when.after(now).orElseThrow(),
              now,
              now);
      rows.insert(db, schedule);
      return schedule;
    });
  }

  private static void requireFree(App app, @Nullable String name, List<String> others) {
    if (others.size() >= MOST) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS,
          app.name() + " has " + MOST + " schedules, the most there are.");
    }
    if (name != null && others.contains(name)) {
      throw UserError.of(
          ErrorCode.CONFLICT, app.name() + " has a schedule of the name " + name + " already.");
    }
  }

  private static String freeName(List<String> others) {
    return IntStream.iterate(1, number -> number + 1)
        .mapToObj(number -> "job-" + number)
        .filter(name -> !others.contains(name))
        .findFirst()
        .orElseThrow();
  }

  /// Removes a schedule and its history. A run of it that goes on ends in its own time.
  public Schedule remove(AppId app, String nameOrId) {
    var schedule = get(app, nameOrId);
    store.useTransaction(db -> rows.delete(db, schedule));
    return schedule;
  }

  /// Has the clock run it, or no more. One that was disabled for a while has missed nothing.
  public Schedule enable(AppId app, String nameOrId, boolean enabled) {
    store.useTransaction(db -> {
      var schedule = find(rows.of(db, app), nameOrId);
      if (schedule.enabled() != enabled) {
        var now = now();
        var next = enabled ? schedule.when().after(now).orElseThrow() : null;
        rows.set(db, schedule, next, now);
      }
    });
    return get(app, nameOrId);
  }

  /// Runs it now, whatever the clock says.
  ///
  /// @throws UserError where it runs already and may not twice, or nothing is deployed
  public Run run(App app, String nameOrId) {
    var schedule = get(app.id(), nameOrId);
    oneOffs.requireRoom(schedule.size());
    var promise =
        store.inTransaction(db -> {
          var active = rows.active(db, schedule);
          if (!active.isEmpty() && schedule.overlap() != Overlap.ALLOW) {
            throw runsAlready(app, schedule, active.getFirst());
          }
          return ticker.promise(db, app, schedule, clock.instant(), true);
        });
    oneOffs.begin(promise);
    return runs(schedule).stream()
        .filter(run -> promise.dyno().equals(run.dynoId()))
        .findFirst()
        .orElseThrow();
  }

  private static UserError runsAlready(App app, Schedule schedule, Run active) {
    return new UserError(
        new Problem(
            ErrorCode.CONFLICT,
            "Schedule " + schedule.name() + " runs already",
            "its dyno is " + active.dyno(),
            "heroku ps:stop " + active.dyno() + " -a " + app.name() + " ends it"));
  }

  /// What became of its ticks, newest first; the newest hundred are kept.
  public List<Run> runs(Schedule schedule) {
    return rows.runs(schedule);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /// Runs what is due now, as the clock's thread does each second.
  void look() {
    ticker.look();
  }
}
