package dev.slipway.pipelines;

import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// The release of one app's code on other apps of its pipeline.
///
/// @param sourceRelease the release whose code it is
public record Promotion(
    UUID id,
    UUID pipeline,
    AppId source,
    UUID sourceRelease,
    List<PromotionTarget> targets,
    Instant createdAt) {
  /// Copies the targets.
  public Promotion {
    targets = List.copyOf(targets);
  }

  /// Whether every target has ended, well or not.
  public boolean isComplete() {
    return targets.stream().noneMatch(PromotionTarget::isPending);
  }
}
