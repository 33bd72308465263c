package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The release of one app's code on others.
///
/// @param status `pending` or `completed`
public record PromotionView(
    Instant createdAt,
    UUID id,
    Identity pipeline,
    Source source,
    String status,
    @Nullable Instant updatedAt) {
  /// What is promoted.
  public record Source(Identity app, Identity release) {}
}
