package dev.slipway.schedules;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.DynoName;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.observe.Logs;
import dev.slipway.oneoff.OneOffEnd;
import dev.slipway.oneoff.OneOffListener;
import dev.slipway.oneoff.OneOffPromise;
import dev.slipway.oneoff.OneOffRequest;
import dev.slipway.oneoff.OneOffs;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;

/// Runs what is due, on a thread that looks each second.
///
/// A tick is taken in one transaction: the schedule moves on to its next one, the run is written,
/// and its dyno is promised. So a control that is killed before has taken nothing, and one that is
/// killed after has left a promise that the next one keeps. Thread-safe.
final class Ticker implements OneOffListener, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Ticker.class.getName());
  private static final Duration LOOK_EACH = Duration.ofSeconds(1);

  /// What Heroku Scheduler's dynos are called.
  private static final ProcessType SCHEDULER = new ProcessType("scheduler");

  /// More that were missed are not counted.
  private static final int MOST_COUNTED = 1000;

  private static final String NOT_UP = "control was not up";

  private final Store store;
  private final ScheduleStore rows;
  private final Apps apps;
  private final OneOffs oneOffs;
  private final Logs logs;
  private final Clock clock;
  private final Map<UUID, String> hindrances = new ConcurrentHashMap<>();
  private final Set<UUID> failing = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private final Thread watch = Thread.ofVirtual().name("schedules").unstarted(this::watch);

  Ticker(Store store, ScheduleStore rows, Apps apps, OneOffs oneOffs, Logs logs, Clock clock) {
    this.store = store;
    this.rows = rows;
    this.apps = apps;
    this.oneOffs = oneOffs;
    this.logs = logs;
    this.clock = clock;
  }

  void start() {
    watch.start();
  }

  @Override
  public void close() {
    closed = true;
    watch.interrupt();
  }

  private void watch() {
    try {
      while (!closed) {
        look();
        Thread.sleep(LOOK_EACH);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Runs what is due now.
  void look() {
    try {
      var now = now();
      forgetLost();
      rows.due(now).forEach(schedule -> trying(schedule, now));
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.WARNING, "Schedules are looked after again in a second", e);
      }
    }
  }

  /// Runs whose dyno is known no more, and which nobody told the end of.
  private void forgetLost() {
    rows.active().stream()
        .map(Run::dynoId)
        .flatMap(dyno -> Optional.ofNullable(dyno).stream())
        .filter(dyno -> !oneOffs.has(dyno))
        .forEach(dyno -> ended(dyno, new OneOffEnd.Lost()));
  }

  private void trying(Schedule schedule, Instant now) {
    try {
      var app = apps.find(schedule.app());
      if (app.isPresent()) {
        tick(app.get(), schedule, now);
      }
      failing.remove(schedule.id());
    } catch (RuntimeException e) {
      if (!closed && failing.add(schedule.id())) {
        LOG.log(Level.WARNING, "Schedule " + schedule.id() + " is tried again each second", e);
      }
    }
  }

  private void tick(App app, Schedule schedule, Instant now) {
    var due = Due.of(schedule, now, MOST_COUNTED);
    if (due.inTime() == null) {
      miss(app, schedule, due, now);
      return;
    }
    var active = store.read(db -> rows.active(db, schedule));
    if (!active.isEmpty() && schedule.overlap() == Overlap.REPLACE) {
      active.forEach(run -> replace(schedule, run));
    } else if (active.isEmpty() || schedule.overlap() == Overlap.ALLOW) {
      runIfThereIsRoom(app, schedule, due, now);
    } else {
      skip(schedule, due, active.getFirst(), now);
    }
  }

  /// The tick stays due until there is room.
  private void runIfThereIsRoom(App app, Schedule schedule, Due due, Instant now) {
    try {
      oneOffs.requireRoom(schedule.size());
    } catch (UserError e) {
      hindrances.put(schedule.id(), e.problem().sentence());
      return;
    }
    store
        .inTransaction(db -> promiseIfFree(db, app, schedule, due, now))
        .ifPresent(begin -> {
          begin.run();
          tellMissed(app, schedule, due);
        });
  }

  /// Somebody may have had it run by hand a moment ago.
  ///
  /// @return what is to be done once that is written; nothing where the tick was not taken
  private Optional<Runnable> promiseIfFree(
      Handle db, App app, Schedule schedule, Due due, Instant now) {
    var isFree = schedule.overlap() == Overlap.ALLOW || rows.active(db, schedule).isEmpty();
    return isFree && take(db, schedule, due, now)
        ? Optional.of(promise(db, app, schedule, due, now))
        : Optional.empty();
  }

  /// An app that runs nothing has missed it, not failed: that it is so is no error of the command.
  private Runnable promise(Handle db, App app, Schedule schedule, Due due, Instant now) {
    var dueAt = inTime(due);
    try {
      var promised = promise(db, app, schedule, dueAt, false);
      return () -> oneOffs.begin(promised);
    } catch (UserError e) {
      rows.insert(db, ended(schedule, dueAt, RunState.MISSED, 1, e.problem().sentence(), now));
      return () -> {};
    }
  }

  /// Writes down, in the caller's transaction, that it runs.
  OneOffPromise promise(Handle db, App app, Schedule schedule, Instant dueAt, boolean byHand) {
    var request = OneOffRequest.detached(schedule.command(), schedule.size(), SCHEDULER);
    var beginBy = byHand ? dueAt.plus(ScheduleRequest.USUAL_GRACE) : dueAt.plus(schedule.grace());
    var promise = oneOffs.promise(db, app, request, beginBy);
    rows.insert(
        db,
        new Run(
            UUID.randomUUID(),
            schedule.id(),
            dueAt,
            byHand,
            RunState.STARTING,
            1,
            promise.dyno(),
            promise.name().toString(),
            null,
            null,
            null,
            ""));
    return promise;
  }

  private void skip(Schedule schedule, Due due, Run active, Instant now) {
    var app = apps.find(schedule.app());
    store.useTransaction(db -> {
      if (take(db, schedule, due, now)) {
        var why = active.dyno() + " still ran";
        rows.insert(db, ended(schedule, inTime(due), RunState.SKIPPED, 1, why, now));
      }
    });
    app.ifPresent(it -> tellMissed(it, schedule, due));
  }

  private static Instant inTime(Due due) {
    return Optional.ofNullable(due.inTime()).orElseThrow();
  }

  private void miss(App app, Schedule schedule, Due due, Instant now) {
    store.useTransaction(db -> take(db, schedule, due, now));
    tellMissed(app, schedule, due);
  }

  /// Moves the schedule on, and writes down what was missed.
  ///
  /// @return whether it was there to be taken
  private boolean take(Handle db, Schedule schedule, Due due, Instant now) {
    var next = schedule.when().after(now).orElse(null);
    var taken = rows.advance(db, schedule, next);
    if (taken && due.missed() > 0) {
      var why = hindrances.getOrDefault(schedule.id(), NOT_UP);
      rows.insert(db, ended(schedule, due.firstMissed(), RunState.MISSED, due.missed(), why, now));
    }
    return taken;
  }

  private void tellMissed(App app, Schedule schedule, Due due) {
    var why = hindrances.remove(schedule.id());
    if (due.missed() > 0) {
      logs.platform(
          app.id(),
          SCHEDULER.value(),
          "Schedule "
              + schedule.name()
              + " missed "
              + (due.missed() == 1 ? "its run of " : due.missed() + " runs since ")
              + due.firstMissed()
              + ": "
              + (why == null ? NOT_UP : why));
    }
  }

  private void replace(Schedule schedule, Run run) {
    if (run.note().isEmpty()) {
      rows.note(run, "replaced by the next run");
    }
    hindrances.put(schedule.id(), run.dyno() + " was to be replaced, and did not end in time");
    if (run.dyno() != null) {
      oneOffs.stop(schedule.app(), new DynoSelection.One(DynoName.of(run.dyno())));
    }
  }

  private static Run ended(
      Schedule schedule, Instant dueAt, RunState state, int ticks, String note, Instant now) {
    return new Run(
        UUID.randomUUID(),
        schedule.id(),
        dueAt,
        false,
        state,
        ticks,
        null,
        null,
        null,
        now,
        null,
        note);
  }

  @Override
  public void begun(UUID dyno) {
    rows.begun(dyno, now());
  }

  @Override
  public void ended(UUID dyno, OneOffEnd end) {
    var now = now();
    switch (end) {
      case OneOffEnd.Exited(var status) ->
          rows.ended(dyno, status == 0 ? RunState.SUCCEEDED : RunState.FAILED, status, "", now);
      case OneOffEnd.Stopped(var why) -> rows.ended(dyno, RunState.STOPPED, null, why, now);
      case OneOffEnd.NotStarted(var why) -> rows.ended(dyno, RunState.MISSED, null, why, now);
      case OneOffEnd.Lost() ->
          rows.ended(dyno, RunState.LOST, null, "its dyno is gone without a word", now);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
