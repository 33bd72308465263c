package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;

/// Where apps run.
public record RegionView(
    String country,
    Instant createdAt,
    String description,
    UUID id,
    String locale,
    String name,
    boolean privateCapable,
    Provider provider,
    Instant updatedAt) {
  /// Whose machines they are.
  public record Provider(String name, String region) {}
}
