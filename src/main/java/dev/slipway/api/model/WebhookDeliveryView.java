package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A delivery of a webhook, as Heroku shows it.
public record WebhookDeliveryView(
    Instant createdAt,
    EventReference event,
    UUID id,
    int numAttempts,
    @Nullable Instant nextAttemptAt,
    @Nullable Attempt lastAttempt,
    String status,
    Instant updatedAt,
    WebhookReference webhook) {
  /// The event that is delivered.
  public record EventReference(UUID id, String include) {}

  /// The webhook that it is delivered to.
  public record WebhookReference(UUID id, String level) {}

  /// What the last try came to.
  public record Attempt(
      UUID id,
      @Nullable Integer code,
      @Nullable String errorClass,
      String status,
      Instant createdAt,
      Instant updatedAt) {}
}
