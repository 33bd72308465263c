package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.engine.Engine;
import dev.slipway.observe.DynoOutput;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A dyno that runs one command to its end. It stays until it is removed: a control that was killed
/// meanwhile finds its result there and does not run the command again. Used by one thread.
final class RunOnce {
  private static final long MEGABYTE = 1024L * 1024L;
  private static final Duration LIMIT = Duration.ofHours(1);

  /// As a process that was killed ends.
  private static final Phase.Ended REMOVED =
      new Phase.Ended(137, true, "its dyno was removed while it ran");

  private static final Duration LOOK_EACH = Duration.ofMillis(100);
  private static final Duration LAST_LINES = Duration.ofMillis(500);

  private final Engine engine;
  private final Logs logs;
  private final App app;
  private final DynoSpec spec;
  private final String dyno;

  RunOnce(Engine engine, Logs logs, App app, DynoSpec spec) {
    this.engine = engine;
    this.logs = logs;
    this.app = app;
    this.spec = spec;
    this.dyno = spec.dyno().toString();
  }

  /// Runs it, and keeps its lines in the app's log and in an output of its own.
  ///
  /// @return how it ended; nothing when it took over an hour
  /// @throws UserError when there is no room for it
  Optional<Phase.Ended> run() throws InterruptedException {
    requireRoom();
    logs.platform(app.id(), dyno, "Starting process with command" + words());
    engine.startOnce(spec);
    var lastKept = logs.newest(app.id(), dyno);
    try (var output = logs.beginOutput(app.id(), dyno);
        var follower =
            engine.follow(
                spec.service(),
                Instant.EPOCH,
                (time, text) -> keep(time, text, lastKept, output))) {
      var ended = awaitEnd();
      follower.awaitEnd(LAST_LINES);
      ended.ifPresent(
          how -> logs.platform(app.id(), dyno, "Process exited with status " + how.exitCode()));
      return ended;
    }
  }

  /// It runs on control's own host, so it would wait there until somebody scales something down.
  private void requireRoom() {
    var needed = spec.size().memoryBytes();
    if (phase().isPresent()) {
      return; // an earlier process started it
    }
    var free = engine.freeMemory().own();
    if (free < needed) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              "There is no room for dyno " + spec.dyno(),
              "it needs "
                  + needed / MEGABYTE
                  + " MB, the host that it runs on has "
                  + Math.max(0, free) / MEGABYTE
                  + " MB free",
              "Scale something down"));
    }
  }

  private String words() {
    return spec.command() == null ? " of its image" : " `" + spec.command() + "`";
  }

  /// The output is written anew by each try, from the first line on; the app's log has the lines of
  /// an earlier one.
  private void keep(Instant time, String text, Instant lastKept, DynoOutput output) {
    output.line(text);
    if (time.isAfter(lastKept)) {
      logs.add(app.id(), time, LogLine.APP, dyno, text);
    }
  }

  private Optional<Phase.Ended> awaitEnd() throws InterruptedException {
    var end = System.nanoTime() + LIMIT.toNanos();
    var seen = false;
    while (System.nanoTime() < end) {
      var phase = phase();
      if (phase.orElse(null) instanceof Phase.Ended ended) {
        return Optional.of(ended);
      }
      if (seen && phase.isEmpty() && engine.isGone(spec.service())) {
        return Optional.of(REMOVED);
      }
      seen |= phase.isPresent();
      Thread.sleep(LOOK_EACH);
    }
    return Optional.empty();
  }

  private Optional<Phase> phase() {
    return engine.dynos(app.id()).stream()
        .filter(each -> each.service().equals(spec.service()))
        .map(DynoState::phase)
        .findFirst();
  }
}
