package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.DockerException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One run of `builder-build`, from its start to its end, whoever ends it.
final class BuildRun {
  private static final String EXIT = "builder-exit ";
  private static final int LATE = 124;
  private static final int DISK = 71;
  private static final int UNREADABLE = 70;

  private final BuilderShell shell;
  private final Duration limit;
  private final String buildId;
  private final BuildKitLog progress;
  private volatile @Nullable Integer status;

  BuildRun(BuilderShell shell, Duration limit, String buildId, BuildLog log) {
    this.shell = shell;
    this.limit = limit;
    this.buildId = buildId;
    this.progress = new BuildKitLog(log);
  }

  /// Runs it.
  ///
  /// @return what went wrong, if anything did
  /// @throws InterruptedException when the calling thread is interrupted; the build is cancelled
  Optional<Problem> toEnd(BuildInput input) throws InterruptedException {
    var end = new CompletableFuture<@Nullable Void>();
    Thread.ofVirtual().name("build-" + buildId).start(() -> execute(input, end));
    try {
      // The builder keeps the time itself; this is for when it does not answer.
      end.get(limit.plusSeconds(30).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof DockerException
          || e.getCause() instanceof UncheckedIOException)) {
        throw new IllegalStateException("a build ended in an unforeseen way", e.getCause());
      }
    } catch (TimeoutException _) {
      cancel();
      return Optional.of(late());
    } catch (InterruptedException e) {
      cancel();
      throw e;
    }
    return problem();
  }

  private void execute(BuildInput input, CompletableFuture<@Nullable Void> end) {
    try (var stream = input.stream()) {
      shell.run(
          List.of("builder-build", buildId, String.valueOf(limit.toSeconds())), stream, this::line);
      end.complete(null);
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
  }

  private void line(String line) {
    if (line.startsWith(EXIT)) {
      status = Integer.parseInt(line.substring(EXIT.length()).strip());
    } else {
      progress.line(line);
    }
  }

  private void cancel() {
    try {
      shell.cancel(buildId);
    } catch (DockerException | UncheckedIOException | UserError _) {
      // The builder is gone, and the build with it.
    }
  }

  private Optional<Problem> problem() {
    var ended = status;
    if (ended == null) {
      return Optional.of(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "The builder was stopped while it built",
              "the fault is not the app's",
              "Push again in a few seconds"));
    }
    return switch (ended) {
      case 0 -> Optional.empty();
      case LATE -> Optional.of(late());
      case DISK ->
          Optional.of(
              new Problem(
                  ErrorCode.UNAVAILABLE,
                  "The build was not started",
                  "less than 1 GB of disk is free",
                  "Free some, then push again"));
      case UNREADABLE ->
          Optional.of(
              Problem.of(ErrorCode.UNAVAILABLE, "The source did not reach the builder whole."));
      default -> Optional.of(failure(ended));
    };
  }

  private Problem failure(int ended) {
    var why = progress.error().orElse("the builder ended with status " + ended);
    var temporary =
        why.contains("slipway-registry")
            || why.startsWith("failed to push")
            || why.startsWith("received unexpected HTTP status: 5");
    return temporary
        ? new Problem(
            ErrorCode.UNAVAILABLE,
            "The image server did not take the image",
            why,
            "The fault is not the app's: ./slipway status shows whether it runs. Push again then")
        : new Problem(ErrorCode.FAILED, "The build failed", why, null);
  }

  private Problem late() {
    return new Problem(
        ErrorCode.FAILED,
        "The build was ended",
        "it took longer than "
            + (limit.toMinutes() > 0 ? limit.toMinutes() + " minutes" : limit.toSeconds() + " s"),
        null);
  }
}
