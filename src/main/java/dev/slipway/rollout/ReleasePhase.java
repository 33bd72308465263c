package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoSpec;
import dev.slipway.engine.Engine;
import dev.slipway.observe.Logs;
import dev.slipway.release.Release;
import dev.slipway.release.SlugProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/// Runs the command that an app declares as `release`, once, before its dynos are touched. When it
/// fails, so does the release. The dyno that ran it stays until the rollout's next step is on disk:
/// a control that was killed meanwhile finds its result there and does not run it again.
final class ReleasePhase {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Engine engine;
  private final Logs logs;
  private final App app;
  private final Release release;
  private final DynoName dyno;
  private final ServiceName service;

  ReleasePhase(Engine engine, Logs logs, App app, Release release) {
    this.engine = engine;
    this.logs = logs;
    this.app = app;
    this.release = release;
    this.dyno = new DynoName(ProcessType.RELEASE, release.version().value());
    this.service = ServiceName.of(app.id(), dyno, release.version().value());
  }

  /// Returns when the command has ended well, or at once when there is none.
  ///
  /// @throws RolloutFailure when it ends with another status than 0, or takes over an hour
  void run(UUID rollout) throws InterruptedException {
    var process = process();
    if (process.isEmpty()) {
      return;
    }
    var ended =
        new RunOnce(engine, logs, app, spec(process.get(), rollout))
            .run()
            .orElseThrow(() ->
                new RolloutFailure("The release command ran for over an hour and was stopped"));
    if (ended.failed() || ended.exitCode() != 0) {
      throw new RolloutFailure(
          "The release command failed with status "
              + ended.exitCode()
              + ". Its last lines:\n"
              + String.join("\n", engine.lastLines(service, 15)));
    }
  }

  /// Removes the dyno that ran it, whether it has ended or not.
  void remove() {
    if (process().isPresent()) {
      engine.stop(service);
    }
  }

  private Optional<SlugProcess> process() {
    return release.process(ProcessType.RELEASE);
  }

  private DynoSpec spec(SlugProcess process, UUID rollout) {
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
