package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.DynoState;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.engine.Engine;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import dev.slipway.release.Release;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Runs the command that an app declares as `release`, once, before its dynos are touched. When it
/// fails, so does the release.
final class ReleasePhase {
  private static final Duration LIMIT = Duration.ofHours(1);
  private static final Duration LOOK_EACH = Duration.ofMillis(100);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Engine engine;
  private final Logs logs;

  ReleasePhase(Engine engine, Logs logs) {
    this.engine = engine;
    this.logs = logs;
  }

  /// Returns when the command has ended well, or at once when there is none. A dyno that an earlier
  /// try of the same rollout started is waited for, not started again.
  ///
  /// @throws RolloutFailure when it ends with another status than 0, or takes over an hour
  void run(App app, Release release, UUID rollout) throws InterruptedException {
    var process =
        release.slug().map(Slug::processes).map(all -> all.get(ProcessType.RELEASE)).orElse(null);
    if (process == null) {
      return;
    }
    var dyno = new DynoName(ProcessType.RELEASE, release.version().value());
    var service = ServiceName.of(app.id(), dyno, release.version().value());
    logs.platform(
        app.id(), dyno.toString(), "Starting process with command `" + process.command() + "`");
    engine.startOnce(spec(app, release, dyno, service, process, rollout));
    try (var follower =
        engine.follow(
            service,
            Instant.EPOCH,
            (time, text) -> logs.add(app.id(), time, LogLine.APP, dyno.toString(), text))) {
      var ended = awaitEnd(service);
      follower.awaitEnd(Duration.ofMillis(500));
      logs.platform(app.id(), dyno.toString(), "Process exited with status " + ended.exitCode());
      if (ended.failed() || ended.exitCode() != 0) {
        throw new RolloutFailure(
            "The release command failed with status "
                + ended.exitCode()
                + ". Its last lines:\n"
                + String.join("\n", engine.lastLines(service, 15)));
      }
    } finally {
      engine.stop(service);
    }
  }

  private Phase.Ended awaitEnd(ServiceName service) throws InterruptedException {
    var end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      var phase = state(service).map(DynoState::phase);
      if (phase.isPresent() && phase.get() instanceof Phase.Ended ended) {
        return ended;
      }
      Thread.sleep(LOOK_EACH);
    }
    throw new RolloutFailure("The release command ran for over an hour and was stopped");
  }

  private Optional<DynoState> state(ServiceName service) {
    return engine.dynos().stream().filter(each -> each.service().equals(service)).findFirst();
  }

  private static DynoSpec spec(
      App app,
      Release release,
      DynoName dyno,
      ServiceName service,
      SlugProcess process,
      UUID rollout) {
    return new DynoSpec(
        service,
        app.id(),
        dyno,
        process.image(),
        process.command(),
        DynoEnvironment.of(app, release, dyno, rollout),
        DynoSize.STANDARD_1X,
        GRACE);
  }
}
