package dev.slipway.rollout;

import dev.slipway.core.ProcessType;
import dev.slipway.engine.DynoState;
import dev.slipway.observe.LogCollector;
import dev.slipway.observe.Logs;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes into an app's log what happens to its dynos, in Heroku's words, and has their own lines
/// collected.
public final class StateLines implements DynoWatch.Listener {
  private final Logs logs;
  private final LogCollector collector;
  private final Dynos dynos;
  private final Instant began;

  /// Writes to the logs from now on.
  ///
  /// @param dynos tells which dynos are wanted: one that was stopped has not crashed
  /// @param began states from before this were written by an earlier process
  public StateLines(Logs logs, LogCollector collector, Dynos dynos, Instant began) {
    this.logs = logs;
    this.collector = collector;
    this.dynos = dynos;
    this.began = began;
  }

  @Override
  public void changed(List<DynoWatch.Change> changes) {
    changes.forEach(change -> changed(change.before(), change.after()));
  }

  private void changed(@Nullable DynoState before, @Nullable DynoState after) {
    if (after == null) {
      if (before != null) {
        collector.forget(before.service());
      }
      return;
    }
    var release = after.dyno().type().equals(ProcessType.RELEASE);
    if (after.once() && !release) {
      return; // whoever had it run tells of it
    }
    if (!release) { // the release phase follows its own
      collector.follow(after.app(), after.dyno(), after.service(), after.since());
    }
    if (after.since().isBefore(began)) {
      return;
    }
    var wasRunning = before != null && before.running();
    if (after.running() && !wasRunning) {
      say(after, "State changed from starting to up");
    }
    if (hasEnded(before, after)) {
      ended(after, wasRunning);
    }
  }

  /// The engine remembers a few ends only, so that their number tells nothing.
  private static boolean hasEnded(@Nullable DynoState before, DynoState after) {
    var life = after.lastLife();
    var earlier = before == null ? null : before.lastLife();
    return life != null && (earlier == null || life.began().isAfter(earlier.began()));
  }

  /// A dyno that is not wanted was stopped, and whoever stopped it tells of its end.
  private void ended(DynoState dyno, boolean wasRunning) {
    if (!dynos.isWanted(dyno.app(), dyno.service()) || isPaused(dyno)) {
      return;
    }
    var end = dyno.lastEnd();
    if (end != null) {
      say(dyno, "Process exited with status " + end.exitCode());
    }
    say(dyno, "State changed from " + (wasRunning ? "up" : "starting") + " to crashed");
  }

  /// What ends because its dyno is held back has not crashed once more.
  private boolean isPaused(DynoState dyno) {
    var life = dyno.lastLife();
    return life != null && !life.crashed() && dynos.isHeldBack(dyno.service());
  }

  private void say(DynoState dyno, String text) {
    logs.platform(dyno.app(), dyno.dyno().toString(), text);
  }
}
