package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Redaction;
import dev.slipway.core.ServiceName;
import dev.slipway.core.UserError;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.Engine;
import dev.slipway.observe.Logs;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.router.Routers;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// One rollout of one app, step by step. Each step can be done again from its start; what it leaves
/// behind is on disk before the next begins. Used by one thread.
final class Rollout {
  /// A router that does not acknowledge a table for this long is not live by then, and nobody waits
  /// for it.
  private static final Duration ACKNOWLEDGE_LIMIT = Routers.SILENCE.plusSeconds(5);

  private static final Logger LOG = Logger.getLogger(Rollout.class.getName());

  private final Parts parts;
  private final App app;
  private final Release release;
  private final AppSettings settings;
  private RolloutRecord record;
  private @Nullable RolloutRecord restoring;

  /// What a rollout works with.
  record Parts(
      Store store,
      Releases releases,
      DynoStore dynos,
      RolloutStore rollouts,
      Planner planner,
      Engine engine,
      DynoWatch watch,
      RouteTables tables,
      Routers routers,
      Logs logs,
      ReceiptWriter receipts,
      Departures departures,
      Clock clock) {}

  Rollout(Parts parts, App app, RolloutRecord record) {
    this.parts = parts;
    this.app = app;
    this.record = record;
    this.release = parts.releases().get(record.release());
    this.settings = AppSettings.of(release.config());
  }

  RolloutRecord record() {
    return record;
  }

  /// Whether users get all of the new dynos.
  boolean isLive() {
    return record.step().isLive() && startable().isEmpty();
  }

  /// Whether no dyno of the batch at hand serves yet.
  boolean canUndo() {
    return record.step().compareTo(Step.SWITCH) < 0
        || (record.step() == Step.SWITCH && !candidates().isEmpty());
  }

  /// The rollout that takes back what an undo could not, if there is need of one.
  Optional<RolloutRecord> restoring() {
    return Optional.ofNullable(restoring);
  }

  /// Does the step that the rollout stands at, and moves it to the next.
  RolloutRecord step() throws InterruptedException {
    var began = System.nanoTime();
    try {
      var next =
          switch (record.step()) {
            case QUEUED -> plan();
            case PHASE -> runReleasePhase();
            case START -> start();
            case READY -> awaitReady();
            case SWITCH -> switchRoutes();
            case DRAIN -> drain();
            case STOP -> stop();
            case RECEIPT -> writeReceipt();
            case DONE, FAILED -> throw new IllegalStateException("a rollout that ended goes on");
          };
      advance(record.at(next, millisecondsSince(began)));
    } catch (RolloutFailure | UserError e) {
      if (!canUndo()) {
        throw new IllegalStateException("a step after the switch failed", e);
      }
      undo(String.valueOf(e.getMessage()), millisecondsSince(began));
    }
    return record;
  }

  private Step plan() {
    parts
        .store()
        .useTransaction(db -> {
          parts.planner().plan(db, record, release);
          if (record.reason() == Reason.SCALE) {
            parts.dynos().endCoolOffs(db, app.id(), parts.clock().instant());
          }
          // Planning twice would plan other dynos: the plan and the step go to disk together.
          parts.rollouts().update(db, record.at(Step.PHASE, 0));
        });
    return Step.PHASE;
  }

  private Step runReleasePhase() throws InterruptedException {
    if (record.reason() == Reason.RELEASE) {
      releasePhase().run(record.id());
    }
    return Step.START;
  }

  private ReleasePhase releasePhase() {
    return new ReleasePhase(parts.engine(), parts.logs(), app, release);
  }

  private Step start() {
    releasePhase().remove();
    if (candidates().isEmpty()) {
      var batch = new Batches(parts.engine(), settings.pools()).next(startable());
      parts.store().useTransaction(db -> parts.dynos().setStage(db, batch, DynoStage.CANDIDATE));
    } // else an earlier try of this step chose them
    pullAhead(candidates());
    startAll(candidates());
    return Step.READY;
  }

  private List<Dyno> candidates() {
    return mine(dyno -> dyno.stage() == DynoStage.CANDIDATE);
  }

  /// Those still to be started, without singletons whose old dyno still runs: these start when it
  /// is gone.
  private List<Dyno> startable() {
    return mine(dyno -> dyno.stage() == DynoStage.PLANNED && !waitsForPredecessor(dyno));
  }

  private boolean waitsForPredecessor(Dyno dyno) {
    return settings.singletons().contains(dyno.name().type())
        && leaving().stream().anyMatch(old -> old.name().equals(dyno.name()));
  }

  private Step awaitReady() throws InterruptedException {
    new Readiness(parts, app, settings).await(candidates());
    return Step.SWITCH;
  }

  private Step switchRoutes() throws InterruptedException {
    var last = startable().isEmpty();
    var arriving = candidates();
    var names = arriving.stream().map(Dyno::name).collect(Collectors.toSet());
    var retiring =
        leaving().stream()
            .filter(old -> old.stage() == DynoStage.LIVE)
            .filter(old -> last || names.contains(old.name()))
            .toList();
    parts
        .store()
        .useTransaction(db -> {
          parts.dynos().setStage(db, arriving, DynoStage.LIVE);
          parts.dynos().setStage(db, retiring, DynoStage.RETIRING);
          if (last && record.reason() == Reason.RELEASE) {
            parts.releases().setStatus(db, release.id(), ReleaseStatus.SUCCEEDED);
          }
        });
    var version = parts.tables().publish(Set.of(app.id()));
    var behind = parts.routers().awaitAcknowledged(version, ACKNOWLEDGE_LIMIT);
    parts.receipts().missed(record.id(), behind);
    return Step.DRAIN;
  }

  private Step drain() throws InterruptedException {
    var retiring = services(retiring());
    if (!retiring.isEmpty()) {
      parts.receipts().remember(record.id(), retiring);
      parts
          .routers()
          .awaitIdle(retiring, parts.tables().publish(Set.of(app.id())), settings.drainLimit());
    }
    return Step.STOP;
  }

  private Step stop() throws InterruptedException {
    var retiring = retiring();
    parts.departures().follow(record.id(), retiring, this::grace);
    for (var dyno : retiring) {
      parts
          .logs()
          .platform(app.id(), dyno.name().toString(), "Stopping all processes with SIGTERM");
      parts.engine().stop(dyno.service());
    }
    startSuccessors(retiring);
    parts.store().useTransaction(db -> parts.dynos().delete(db, retiring));
    var rest = mine(dyno -> dyno.stage() == DynoStage.PLANNED);
    return rest.isEmpty() ? Step.RECEIPT : Step.START;
  }

  /// Starts the singletons that waited for their predecessors.
  private void startSuccessors(List<Dyno> gone) throws InterruptedException {
    var names = gone.stream().map(Dyno::name).collect(Collectors.toSet());
    var successors =
        mine(dyno ->
            settings.singletons().contains(dyno.name().type())
                && names.contains(dyno.name())
                && dyno.stage() == DynoStage.PLANNED);
    if (successors.isEmpty()) {
      return;
    }
    for (var old : gone) {
      if (settings.singletons().contains(old.name().type())) {
        awaitGone(old);
      }
    }
    startAll(successors);
    parts.store().useTransaction(db -> parts.dynos().setStage(db, successors, DynoStage.LIVE));
  }

  /// What is missed is told, and is no reason to fail.
  private void pullAhead(List<Dyno> dynos) {
    var needed =
        dynos.stream()
            .map(dyno -> dyno.name().type())
            .collect(Collectors.toCollection(TreeSet::new));
    for (var missed : new PullAhead(parts.engine(), settings.pools()).pull(release, needed)) {
      parts
          .logs()
          .platform(
              app.id(),
              "api",
              "Release "
                  + release.version()
                  + ": Host "
                  + missed.host()
                  + " has not pulled the image ahead: "
                  + missed.why());
    }
  }

  private void awaitGone(Dyno old) throws InterruptedException {
    var end = System.nanoTime() + grace(old).plusSeconds(15).toNanos();
    while (!parts.engine().isGone(old.service()) && System.nanoTime() < end) {
      Thread.sleep(100);
    }
  }

  /// How long an old dyno may take to end: it was started with the settings of its own release.
  private Duration grace(Dyno old) {
    return AppSettings.usable(parts.releases().get(old.release()).config())
        .graces()
        .of(old.name().type());
  }

  /// Writes down what it cost so far, in place of what was written before.
  Step writeReceipt() {
    parts.receipts().write(record, app, release, mine(dyno -> true), running());
    return Step.DONE;
  }

  /// Those that go may still run; they are told of as what is ending.
  private Map<ProcessType, Integer> running() {
    return parts.dynos().of(app.id()).stream()
        .filter(dyno -> dyno.stage() == DynoStage.LIVE)
        .filter(dyno -> parts.watch().state(dyno.service()).map(DynoState::running).orElse(false))
        .collect(Collectors.groupingBy(dyno -> dyno.name().type(), Collectors.summingInt(_ -> 1)));
  }

  /// Waits until the old dynos have ended, writes down how, and tells what became of those that
  /// answer no requests.
  void completeReceipt() throws InterruptedException {
    parts.receipts().complete(record).ifPresent(this::tell);
  }

  private void tell(Receipt receipt) {
    receipt.processes().stream()
        .filter(process -> !new ProcessType(process.type()).isWeb())
        .forEach(process ->
            parts
                .logs()
                .platform(
                    app.id(), "api", "Release " + release.version() + ": " + process.words()));
  }

  /// Takes back what this rollout did so far: users never saw it. What is to be is on disk first;
  /// dynos that the engine does not stop now are swept up later.
  ///
  /// @param cause why; an app's last lines and the engine's words can repeat config vars
  void undo(String cause, long milliseconds) {
    var problem = Redaction.of(release.config().values().values()).apply(cause);
    var mine = mine(dyno -> dyno.stage() != DynoStage.LIVE);
    var failed = record.failed(problem, milliseconds);
    parts
        .store()
        .useTransaction(db -> {
          parts.dynos().delete(db, mine);
          parts.dynos().keep(db, record.id());
          if (record.reason() == Reason.RELEASE) {
            parts.releases().setStatus(db, release.id(), ReleaseStatus.FAILED);
          }
          parts.rollouts().update(db, failed);
          if (record.batch() > 1) {
            restoring = addRestoring(db);
          }
        });
    record = failed;
    parts.tables().publish(Set.of(app.id()));
    parts.logs().platform(app.id(), "api", "Release " + release.version() + " failed: " + problem);
    stopStarted(mine);
  }

  /// Some of the failed release's dynos are live: they are replaced by those of the one before.
  private RolloutRecord addRestoring(Handle db) {
    var before = parts.releases().live(db, app.id());
    return parts.rollouts().add(db, app.id(), before.id(), Reason.RESTORE, new DynoSelection.All());
  }

  private void stopStarted(List<Dyno> dynos) {
    try {
      releasePhase().remove();
      dynos.stream()
          .filter(dyno -> dyno.stage() == DynoStage.CANDIDATE)
          .forEach(dyno -> parts.engine().stop(dyno.service()));
    } catch (RuntimeException engineIsAway) {
      LOG.log(Level.WARNING, "Dynos of a failed rollout are left to the sweep", engineIsAway);
    }
  }

  private void advance(RolloutRecord next) {
    parts.store().useTransaction(db -> parts.rollouts().update(db, next));
    record = next;
  }

  private void startAll(List<Dyno> dynos) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var starts = new ArrayList<Future<?>>();
      var staying = parts.dynos().of(app.id()).stream().filter(this::stays).toList();
      for (var dyno : dynos) {
        starts.add(threads.submit(() -> parts.engine().start(spec(dyno, staying))));
      }
      for (var start : starts) {
        await(start);
      }
    }
  }

  private static void await(Future<?> start) {
    try {
      start.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UserError refused) {
        throw refused;
      }
      throw new IllegalStateException("a dyno could not be started", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean stays(Dyno dyno) {
    return !dyno.isStoppedBy(record.id());
  }

  private DynoSpec spec(Dyno dyno, List<Dyno> staying) {
    var process = release.process(dyno.name().type()).orElseThrow();
    if (process.command() != null) {
      parts
          .logs()
          .platform(
              app.id(),
              dyno.name().toString(),
              "Starting process with command `" + process.command() + "`");
    }
    return new DynoSpec(
        dyno.service(),
        app.id(),
        dyno.name(),
        process.image(),
        process.command(),
        DynoEnvironment.of(app, release, dyno.name(), dyno.id()),
        dyno.size(),
        settings.graces().of(dyno.name().type()),
        settings.pools().get(dyno.name().type()),
        staying.stream()
            .filter(other -> other.name().type().equals(dyno.name().type()))
            .map(Dyno::service)
            .collect(Collectors.toSet()));
  }

  private List<Dyno> mine(Predicate<Dyno> which) {
    return parts.dynos().of(app.id()).stream()
        .filter(dyno -> dyno.isStartedBy(record.id()))
        .filter(which)
        .toList();
  }

  private List<Dyno> leaving() {
    return parts.dynos().of(app.id()).stream()
        .filter(dyno -> dyno.isStoppedBy(record.id()))
        .toList();
  }

  private List<Dyno> retiring() {
    return leaving().stream().filter(dyno -> dyno.stage() == DynoStage.RETIRING).toList();
  }

  private static Set<ServiceName> services(List<Dyno> dynos) {
    return dynos.stream().map(Dyno::service).collect(Collectors.toCollection(TreeSet::new));
  }

  private static long millisecondsSince(long began) {
    return Duration.ofNanos(System.nanoTime() - began).toMillis();
  }
}
