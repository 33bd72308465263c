package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;

/// A pipeline.
public record PipelineView(
    Instant createdAt, Reference generation, UUID id, String name, Owner owner, Instant updatedAt) {
  /// Whose it is.
  ///
  /// @param type `user`
  public record Owner(UUID id, String type) {}
}
