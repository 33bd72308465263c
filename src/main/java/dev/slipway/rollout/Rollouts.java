package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppId;
import dev.slipway.engine.Engine;
import dev.slipway.observe.Logs;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;
import dev.slipway.router.Routers;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;

/// Runs rollouts: one at a time per app, in the order in which they were asked for, and takes up
/// after a restart what was left unfinished. Thread-safe.
public final class Rollouts implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Rollouts.class.getName());
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final int MOST_TRIES = 60;

  private final Rollout.Parts parts;
  private final Apps apps;
  private final StepObserver observer;
  private final Map<AppId, ReentrantLock> turns = new ConcurrentHashMap<>();
  private final Map<UUID, CompletableFuture<RolloutOutcome>> outcomes = new ConcurrentHashMap<>();
  private final Map<AppId, Boolean> abandoned = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// Runs rollouts on an engine, in front of which these routers stand.
  ///
  /// @param observer told of each step; for tests and progress
  public Rollouts(
      Store store,
      Apps apps,
      Releases releases,
      Engine engine,
      DynoWatch watch,
      Routers routers,
      Logs logs,
      StepObserver observer,
      Clock clock) {
    var dynos = new DynoStore(store);
    var rollouts = new RolloutStore(store, clock);
    this.parts =
        new Rollout.Parts(
            store,
            releases,
            dynos,
            rollouts,
            new Planner(apps, dynos, clock),
            engine,
            watch,
            new RouteTables(apps, releases, dynos, watch, routers),
            routers,
            logs,
            new ReceiptWriter(store, rollouts, routers, clock),
            clock);
    this.apps = apps;
    this.observer = observer;
  }

  /// Gives the routers the table as it should be now. Nothing is given before the engine has told
  /// its dynos once.
  public void publishRoutes() {
    if (parts.watch().hasLooked()) {
      parts.tables().publish();
    }
  }

  /// Writes a rollout down, as part of the transaction that makes it necessary. It begins with
  /// `begin`, or when control starts next.
  public RolloutRecord add(
      Handle db, App app, Release release, Reason reason, DynoSelection selection) {
    return parts.rollouts().add(db, app.id(), release.id(), reason, selection);
  }

  /// Begins a rollout that was added, as soon as it is the app's turn; returns at once.
  public void begin(RolloutRecord rollout) {
    outcomes.put(rollout.id(), new CompletableFuture<>());
    threads.execute(() -> inTurn(rollout));
  }

  /// Waits until the rollout is live or has failed.
  ///
  /// @return how it went; failed, when it takes longer than the limit
  public RolloutOutcome await(RolloutRecord rollout, Duration limit) throws InterruptedException {
    var outcome = outcomes.get(rollout.id());
    if (outcome == null) {
      return new RolloutOutcome.Failed("the rollout is not known here");
    }
    try {
      return outcome.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new RolloutOutcome.Failed(
          "it is not live after " + limit.toMinutes() + " minutes; it goes on in the background");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Takes up every rollout that was left unfinished, oldest first. Routers get their table before
  /// that: a rollout past its switch changes it no more.
  public void resume() {
    publishRoutes();
    parts.rollouts().unfinished().forEach(this::begin);
  }

  /// Does `resume` as soon as the engine has told its dynos once; returns at once.
  public void resumeWhenSeen() {
    threads.execute(() -> {
      try {
        while (!parts.watch().hasLooked()) {
          Thread.sleep(20);
        }
        publishRoutes();
        awaitRouter();
        resume();
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
      }
    });
  }

  /// A drain that no router is asked about ends at once: so a control that has just started waits
  /// for the first router, or until it is sure that there is none.
  private void awaitRouter() throws InterruptedException {
    var end = System.nanoTime() + Routers.SILENCE.toNanos();
    while (parts.routers().live().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
  }

  /// Stops whatever runs for the app, and every dyno of it. The app is forgotten by the caller.
  public void abandon(App app) {
    abandoned.put(app.id(), true);
    var turn = turn(app.id());
    turn.lock();
    try {
      parts.dynos().of(app.id()).forEach(dyno -> parts.engine().stop(dyno.service()));
      parts.engine().dynos(app.id()).forEach(state -> parts.engine().stop(state.service()));
      apps.destroy(app.id());
      parts.tables().publish();
    } finally {
      turn.unlock();
      abandoned.remove(app.id());
      turns.remove(app.id());
    }
  }

  /// Stops where each rollout stands; `resume` of the next process goes on from there.
  @Override
  public void close() {
    threads.shutdownNow();
  }

  /// A fair lock gives the turns in the order of asking.
  private ReentrantLock turn(AppId app) {
    return turns.computeIfAbsent(app, id -> new ReentrantLock(true));
  }

  private void inTurn(RolloutRecord rollout) {
    var turn = turn(rollout.app());
    turn.lock();
    try {
      run(rollout);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (threads.isShutdown()) {
        return;
      }
      LOG.log(Level.SEVERE, "Rollout " + rollout.id() + " broke off", e);
      finish(rollout, new RolloutOutcome.Failed("internal error; see control's log"));
    } finally {
      turn.unlock();
      parts.receipts().end(rollout);
    }
  }

  private void run(RolloutRecord stored) throws InterruptedException {
    var app = apps.find(stored.app());
    if (app.isEmpty()) {
      finish(stored, new RolloutOutcome.Failed("the app was destroyed"));
      return;
    }
    var rollout = new Rollout(parts, app.get(), ofLiveRelease(stored));
    parts.receipts().begin(stored);
    while (!rollout.record().step().isFinal()) {
      if (abandoned.containsKey(stored.app())) {
        finish(stored, new RolloutOutcome.Failed("the app was destroyed"));
        return;
      }
      observer.entered(rollout.record());
      tell(stepWithPatience(rollout), rollout.isLive());
    }
  }

  /// Whatever is not about a release of its own concerns the one that is live when its turn comes,
  /// which can be another than when it was asked for.
  private RolloutRecord ofLiveRelease(RolloutRecord rollout) {
    if (rollout.step() != Step.QUEUED || rollout.reason() == Reason.RELEASE) {
      return rollout;
    }
    var live = parts.store().read(db -> parts.releases().live(db, rollout.app()));
    return parts.rollouts().retarget(rollout, live.id());
  }

  /// An engine that is away comes back: the step is tried again until it does. A step before the
  /// switch is given up after a minute, since nothing is lost by that.
  private RolloutRecord stepWithPatience(Rollout rollout) throws InterruptedException {
    for (var tries = 1; ; tries++) {
      try {
        return rollout.step();
      } catch (RuntimeException e) {
        if (abandoned.containsKey(rollout.record().app()) || threads.isShutdown()) {
          throw e;
        }
        LOG.log(
            Level.WARNING,
            "Step "
                + rollout.record().step()
                + " of rollout "
                + rollout.record().id()
                + " is tried again",
            e);
        if (tries >= MOST_TRIES && !rollout.isLive()) {
          rollout.undo("The engine did not do its part: ./slipway doctor shows why", 0);
          return rollout.record();
        }
        Thread.sleep(RETRY);
      }
    }
  }

  private void tell(RolloutRecord rollout, boolean live) {
    if (rollout.step() == Step.FAILED) {
      if (rollout.batch() > 1) {
        restore(rollout);
      }
      finish(rollout, new RolloutOutcome.Failed(String.valueOf(rollout.problem())));
    } else if (live) {
      finish(rollout, new RolloutOutcome.Live());
    }
  }

  /// Some of the failed release's dynos are live: they are replaced by those of the one before.
  private void restore(RolloutRecord failed) {
    begin(
        parts
            .store()
            .inTransaction(db ->
                parts
                    .rollouts()
                    .add(
                        db,
                        failed.app(),
                        parts.releases().current(db, failed.app()).id(),
                        Reason.RESTORE,
                        new DynoSelection.All())));
  }

  private void finish(RolloutRecord rollout, RolloutOutcome outcome) {
    var waiting = outcomes.get(rollout.id());
    if (waiting != null) {
      waiting.complete(outcome);
    }
  }
}
