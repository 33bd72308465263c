package dev.slipway.rollout;

import dev.slipway.core.AppId;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.Engine;
import dev.slipway.observe.Logs;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/// Counts crashes, and holds back dynos that crash again and again. The engine itself starts a dyno
/// again at once after each crash, also while there is no control; control has it paused when it
/// crashes in a row, and resumes it when its cool-off is over. Until when is on disk before the
/// engine is told, so the next control goes on with it.
public final class CoolOffs implements DynoWatch.Listener, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(CoolOffs.class.getName());
  private static final Duration EACH = Duration.ofSeconds(1);

  private final Store store;
  private final DynoStore dynos;
  private final RolloutStore rollouts;
  private final Engine engine;
  private final DynoWatch watch;
  private final Logs logs;
  private final Clock clock;
  private final Instant began;
  private final BlockingQueue<DynoState> crashed = new LinkedBlockingQueue<>();
  private final Thread thread;

  /// Those that this process has told the engine to pause.
  private final Set<ServiceName> paused = new HashSet<>();

  /// Holds back dynos from `start` on. It is to be a listener of the watch.
  public CoolOffs(Store store, Engine engine, DynoWatch watch, Logs logs, Clock clock) {
    this.store = store;
    this.dynos = new DynoStore(store);
    this.rollouts = new RolloutStore(store, clock);
    this.engine = engine;
    this.watch = watch;
    this.logs = logs;
    this.clock = clock;
    this.began = clock.instant();
    this.thread = Thread.ofVirtual().name("cool-offs").unstarted(this::goOnForEver);
  }

  /// Goes on from now until closed.
  public void start() {
    thread.start();
  }

  @Override
  public void changed(List<DynoWatch.Change> changes) {
    for (var change : changes) {
      var now = change.after();
      if (now != null && !now.once() && now.lastLife() != null && now.lastLife().crashed()) {
        crashed.add(now);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void goOnForEver() {
    try {
      while (true) {
        var found = new ArrayList<DynoState>();
        var first = crashed.poll(EACH.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          found.add(first);
          crashed.drainTo(found);
        }
        if (watch.hasLooked()) {
          unharmed(() -> pass(found));
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Takes in what was told since the last time, then sees to every dyno that is held back.
  void pass() {
    var found = new ArrayList<DynoState>();
    crashed.drainTo(found);
    pass(found);
  }

  private void pass(Collection<DynoState> found) {
    try {
      takeIn(found);
    } catch (RuntimeException e) {
      crashed.addAll(found);
      throw e;
    }
    var held = dynos.heldBack();
    paused.retainAll(held.stream().map(Dyno::service).collect(Collectors.toSet()));
    held.forEach(dyno -> unharmed(() -> seeTo(dyno)));
  }

  /// What fails is tried again in the next pass, and keeps no other dyno waiting.
  private static void unharmed(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Crashed dynos are seen to later: {0}", e.getMessage());
    }
  }

  private void takeIn(Collection<DynoState> found) {
    var services = found.stream().map(DynoState::service).collect(Collectors.toSet());
    var byService =
        dynos.of(services).stream()
            .filter(dyno -> dyno.stage() == DynoStage.LIVE)
            .collect(Collectors.toMap(Dyno::service, dyno -> dyno));
    for (var state : found) {
      byService.computeIfPresent(state.service(), (_, dyno) -> takeIn(dyno, state));
    }
  }

  /// @return the dyno as it stands then
  private Dyno takeIn(Dyno dyno, DynoState state) {
    var life = state.lastLife();
    var end = state.lastEnd();
    if (life == null || end == null || !dyno.crashes().isNew(life)) {
      return dyno;
    }
    var counted = dyno.crashes().and(life, end.exitCode());
    var start = life.ended().plus(coolOff(dyno, counted.inARow()));
    var holds = start.isAfter(clock.instant()) && !runs(dyno);
    var crashes = holds ? counted.until(start) : counted;
    store.useTransaction(db -> dynos.setCrashes(db, dyno, crashes));
    if (!life.ended().isBefore(began)) {
      tell(dyno, crashes);
    }
    return dyno.with(crashes);
  }

  private void tell(Dyno dyno, Crashes crashes) {
    var start = crashes.startsAt();
    if (start == null) {
      say(dyno, "State changed from crashed to starting");
    } else {
      say(
          dyno,
          "Starts again at "
              + start.truncatedTo(ChronoUnit.SECONDS)
              + ", after crash "
              + crashes.inARow()
              + " in a row (heroku ps:restart "
              + dyno.name()
              + " starts it now)");
    }
  }

  /// A web dyno is not held back while a rollout changes what answers, nor for long when no other
  /// answers.
  private Duration coolOff(Dyno dyno, int crashes) {
    var usual = CoolOff.after(crashes);
    if (!dyno.name().type().isWeb()) {
      return usual;
    }
    if (isRolledOut(dyno.app())) {
      return Duration.ZERO;
    }
    return isAlone(dyno) && usual.compareTo(CoolOff.ALONE) > 0 ? CoolOff.ALONE : usual;
  }

  private boolean isRolledOut(AppId app) {
    return rollouts.unfinished().stream()
        .anyMatch(rollout -> rollout.app().equals(app) && rollout.step() != Step.QUEUED);
  }

  private boolean isAlone(Dyno dyno) {
    return dynos.of(dyno.app()).stream()
        .filter(other -> other.name().type().isWeb() && !other.id().equals(dyno.id()))
        .noneMatch(this::runs);
  }

  private boolean runs(Dyno dyno) {
    return watch.state(dyno.service()).map(DynoState::running).orElse(false);
  }

  private void seeTo(Dyno dyno) {
    var start = dyno.crashes().startsAt();
    if (start == null || !start.isAfter(clock.instant())) {
      start(dyno);
    } else if (!paused.contains(dyno.service())) {
      pause(dyno);
    }
  }

  /// One that runs by now is left to run: its next crash counts as one more.
  private void pause(Dyno dyno) {
    if (runs(dyno)) {
      end(dyno);
    } else {
      engine.pause(dyno.service());
      paused.add(dyno.service());
    }
  }

  private void start(Dyno dyno) {
    engine.resume(dyno.service());
    end(dyno);
    say(dyno, "State changed from crashed to starting");
  }

  private void end(Dyno dyno) {
    store.useTransaction(db -> dynos.endCoolOff(db, dyno));
    paused.remove(dyno.service());
  }

  private void say(Dyno dyno, String text) {
    logs.platform(dyno.app(), dyno.name().toString(), text);
  }
}
