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
    if (after.crashes() > (before == null ? 0 : before.crashes())) {
      ended(after, wasRunning);
    }
  }

  private void ended(DynoState dyno, boolean wasRunning) {
    var end = dyno.lastEnd();
    if (end != null) {
      say(dyno, "Process exited with status " + end.exitCode());
    }
    if (dynos.isWanted(dyno.app(), dyno.service())) {
      say(dyno, "State changed from " + (wasRunning ? "up" : "starting") + " to crashed");
    }
  }

  private void say(DynoState dyno, String text) {
    logs.platform(dyno.app(), dyno.dyno().toString(), text);
  }
}
