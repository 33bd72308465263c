package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Features;
import dev.slipway.certificates.CertificateStore;
import dev.slipway.core.AppId;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.Engine;
import dev.slipway.observe.Logs;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;
import dev.slipway.router.Routers;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Runs rollouts: one at a time per app, in the order in which they were asked for, and takes up
/// after a restart what was left unfinished. Thread-safe.
public final class Rollouts implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Rollouts.class.getName());
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration AFTERMATH = Duration.ofSeconds(10);
  private static final Duration SWEEP_EACH = Duration.ofSeconds(5);
  private static final Duration OLD_ENOUGH = Duration.ofMinutes(2);
  private static final int MOST_TRIES = 60;

  private final Rollout.Parts parts;
  private final Apps apps;
  private final StepObserver observer;
  private final ImageSweep imageSweep;
  private final Turns turns = new Turns();
  private final Map<RolloutInProgress, Thread> running = new ConcurrentHashMap<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closed;

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
    var departures = new Departures(engine, watch, logs);
    this.parts =
        new Rollout.Parts(
            store,
            releases,
            dynos,
            rollouts,
            new Planner(apps, dynos, clock),
            engine,
            watch,
            new RouteTables(
                apps,
                new Features(store, clock),
                new CertificateStore(store),
                releases,
                dynos,
                watch,
                routers),
            routers,
            logs,
            new ReceiptWriter(store, rollouts, routers, departures, clock),
            departures,
            clock);
    this.apps = apps;
    this.observer = observer;
    this.imageSweep = new ImageSweep(engine, releases);
  }

  /// Gives the routers the table as it should be now. Nothing is given before the engine has told
  /// its dynos once.
  public void publishRoutes() {
    if (parts.watch().hasLooked()) {
      parts.tables().publish();
    }
  }

  /// The same when it is known that only these apps changed.
  public void publishRoutes(Collection<AppId> changed) {
    if (parts.watch().hasLooked()) {
      parts.tables().publish(changed);
    }
  }

  /// Gives the routers the routes of the apps whose dynos changed.
  public void changed(List<DynoWatch.Change> changes) {
    publishRoutes(
        changes.stream()
            .flatMap(change -> Stream.of(change.before(), change.after()))
            .filter(Objects::nonNull)
            .map(DynoState::app)
            .collect(Collectors.toSet()));
  }

  /// Whether a router has asked for its table lately.
  public boolean hasRouter() {
    return !parts.routers().live().isEmpty();
  }

  /// Writes a rollout down, as part of the transaction that makes it necessary. It begins with
  /// `begin`, or when control starts next.
  public RolloutRecord add(
      Handle db, App app, Release release, Reason reason, DynoSelection selection) {
    return parts.rollouts().add(db, app.id(), release.id(), reason, selection);
  }

  /// Begins a rollout that was added, as soon as it is the app's turn; returns at once.
  public RolloutInProgress begin(RolloutRecord rollout) {
    var begun = new RolloutInProgress(rollout);
    var turn = turns.take(rollout.app());
    var thread = Thread.ofVirtual().name("rollout " + rollout.id());
    running.put(begun, thread.unstarted(() -> inTurn(begun, turn)));
    running.get(begun).start();
    return begun;
  }

  /// Takes up every rollout that was left unfinished, oldest first, before any that is begun later.
  /// None runs until the engine has told its dynos and a router has asked for its table; returns at
  /// once.
  public void resume() {
    parts.rollouts().unfinished().forEach(this::begin);
    background.execute(this::getReady);
  }

  private void getReady() {
    try {
      while (!parts.watch().hasLooked()) {
        Thread.sleep(20);
      }
      publishRoutes();
      awaitRouter();
      ready.countDown();
      while (true) {
        Thread.sleep(SWEEP_EACH);
        sweep();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Mends what a failure at the wrong moment left: dynos that nobody wants any more, and a table
  /// that was not published. Images go that nobody needs.
  private void sweep() {
    try {
      var wanted =
          parts.dynos().all().stream().map(Dyno::service).collect(Collectors.toUnmodifiableSet());
      var before = parts.clock().instant().minus(OLD_ENOUGH);
      parts.watch().states().stream()
          .filter(dyno -> !dyno.once()) // they are removed by whoever had them run
          .filter(dyno -> !wanted.contains(dyno.service()) && dyno.since().isBefore(before))
          .forEach(dyno -> parts.engine().stop(dyno.service()));
      publishRoutes();
      imageSweep.runWhenDue();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The sweep is put off", e);
    }
  }

  /// A drain that no router is asked about ends at once: so a control that has just started waits
  /// for the first router, or until it is sure that there is none.
  private void awaitRouter() throws InterruptedException {
    var end = System.nanoTime() + Routers.SILENCE.toNanos();
    while (parts.routers().live().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
  }

  /// Why a release never went live, if it failed.
  public Optional<String> problem(UUID release) {
    return parts.rollouts().ofRelease(release).map(RolloutRecord::problem);
  }

  /// Whether a release's command is still to end, or to begin.
  public boolean isPhaseAhead(UUID release) {
    return parts.rollouts().ofRelease(release).stream()
        .anyMatch(rollout -> rollout.step().compareTo(Step.PHASE) <= 0);
  }

  /// Whether nothing more is done for a release: its old dynos are gone, or it has failed.
  public boolean isOver(UUID release) {
    return parts.rollouts().ofRelease(release).map(it -> it.step().isFinal()).orElse(true);
  }

  /// Breaks off whatever runs for the app, stops every dyno of it, and forgets it.
  public void abandon(App app) {
    running.forEach((rollout, thread) -> {
      if (rollout.isOf(app.id())) {
        thread.interrupt();
      }
    });
    try (var turn = turns.take(app.id())) {
      turn.await();
      parts.dynos().of(app.id()).forEach(dyno -> parts.engine().stop(dyno.service()));
      parts.engine().dynos(app.id()).forEach(state -> parts.engine().stop(state.service()));
      apps.destroy(app.id());
      parts.tables().publish(Set.of(app.id()));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /// Stops where each rollout stands; `resume` of the next process goes on from there.
  @Override
  public void close() {
    closed = true;
    background.shutdownNow();
    running.values().forEach(Thread::interrupt);
    parts.departures().close();
  }

  private void inTurn(RolloutInProgress begun, Turns.Turn turn) {
    try (turn) {
      turn.await();
      ready.await();
      run(begun);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.SEVERE, "Rollout " + begun.rollout().id() + " broke off", e);
      }
    } finally {
      begun.end(new RolloutOutcome.Failed("it broke off; control's log says why"));
      running.remove(begun);
    }
  }

  private void run(RolloutInProgress begun) throws InterruptedException {
    var app = apps.find(begun.rollout().app());
    if (app.isEmpty()) {
      begun.end(new RolloutOutcome.Failed("the app was destroyed"));
      return;
    }
    var rollout = new Rollout(parts, app.get(), ofLiveRelease(begun.rollout()));
    parts.receipts().begin(rollout.record());
    while (!rollout.record().step().isFinal()) {
      observer.entered(rollout.record());
      stepWithPatience(rollout);
      tell(begun, rollout);
    }
    background.execute(() -> writeAftermath(rollout));
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
  private void stepWithPatience(Rollout rollout) throws InterruptedException {
    for (var tries = 1; ; tries++) {
      try {
        rollout.step();
        return;
      } catch (RuntimeException e) {
        if (closed) {
          throw e;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException("the app is being destroyed");
        }
        LOG.log(
            Level.WARNING,
            "Step "
                + rollout.record().step()
                + " of rollout "
                + rollout.record().id()
                + " is tried again",
            e);
        if (tries >= MOST_TRIES && rollout.canUndo()) {
          rollout.undo("The engine did not do its part: ./slipway doctor shows why", 0);
          return;
        }
        Thread.sleep(RETRY);
      }
    }
  }

  private void tell(RolloutInProgress begun, Rollout rollout) {
    var record = rollout.record();
    if (record.step() == Step.FAILED) {
      rollout.restoring().ifPresent(this::begin);
      begun.end(new RolloutOutcome.Failed(String.valueOf(record.problem())));
    } else if (rollout.isLive()) {
      begun.end(new RolloutOutcome.Live());
    }
  }

  /// The receipt is written at once, and again when the new dynos have served for a while: only
  /// then do their figures tell something; and a last time when the old ones have ended. Nobody
  /// waits for that.
  private void writeAftermath(Rollout rollout) {
    try {
      if (rollout.record().step() == Step.DONE) {
        Thread.sleep(AFTERMATH);
        rollout.writeReceipt();
        rollout.completeReceipt();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.FINE, "A receipt keeps its first figures", e);
    } finally {
      parts.receipts().end(rollout.record());
    }
  }
}
