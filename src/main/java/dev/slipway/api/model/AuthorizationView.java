package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Leave to use the API.
public record AuthorizationView(
    Token accessToken,
    Instant createdAt,
    String description,
    UUID id,
    List<String> scope,
    Instant updatedAt,
    UserReference user) {
  /// The key.
  public record Token(@Nullable Integer expiresIn, UUID id, String token) {}
}
