package dev.slipway.pipelines;

import dev.slipway.core.AppId;
import dev.slipway.release.ReleaseStatus;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a promotion came to on one app.
///
/// @param release the app's own release, with the app's own config vars
/// @param problem why the release failed, or null
public record PromotionTarget(
    UUID id,
    UUID promotion,
    AppId app,
    UUID release,
    ReleaseStatus status,
    @Nullable String problem) {
  PromotionTarget failedBecause(String why) {
    return new PromotionTarget(id, promotion, app, release, status, why);
  }

  boolean isPending() {
    return status == ReleaseStatus.PENDING;
  }
}
