package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.BuildFailed;
import dev.slipway.engine.DockerException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/// Runs steps one after the other and says how they go.
final class Steps {
  private Steps() {}

  /// @throws UserError when a step fails for a reason that lies outside
  static void run(List<Step> steps, Progress progress, String again) {
    for (var i = 0; i < steps.size(); i++) {
      var step = steps.get(i);
      var start = System.nanoTime();
      progress.begins(i + 1, steps.size(), step.title());
      try {
        var note = step.work().run(progress::detail);
        progress.done(note, Duration.ofNanos(System.nanoTime() - start));
      } catch (RuntimeException e) {
        progress.failed();
        throw explained(step, e, again);
      }
    }
  }

  private static RuntimeException explained(Step step, RuntimeException e, String again) {
    return switch (e) {
      case UserError known -> known;
      case BuildFailed _, DockerException _, UncheckedIOException _ ->
          new UserError(
              new Problem(
                  ErrorCode.UNAVAILABLE,
                  "The step \"" + step.title() + "\" failed",
                  e.getMessage(),
                  "When that is mended, `" + again + "` goes on where it stopped."),
              e);
      default -> e;
    };
  }
}
