package dev.slipway.rollout;

import dev.slipway.core.AppId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A rollout that was begun, for whoever waits for it. Thread-safe.
public final class RolloutInProgress {
  private final RolloutRecord rollout;
  private final CompletableFuture<RolloutOutcome> outcome = new CompletableFuture<>();

  RolloutInProgress(RolloutRecord rollout) {
    this.rollout = rollout;
  }

  /// Waits until users have the new dynos, or it has failed.
  ///
  /// @return how it went; failed, when it takes longer than the limit
  public RolloutOutcome await(Duration limit) throws InterruptedException {
    try {
      return outcome.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new RolloutOutcome.Failed(
          "it is not live after " + limit.toMinutes() + " minutes; it goes on in the background");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  RolloutRecord rollout() {
    return rollout;
  }

  boolean isOf(AppId app) {
    return rollout.app().equals(app);
  }

  /// The first outcome counts.
  void end(RolloutOutcome how) {
    outcome.complete(how);
  }
}
