package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Leave to use the API.
public record AuthorizationView(
    @Nullable Token accessToken,
    @Nullable Reference client,
    Instant createdAt,
    String description,
    @Nullable Identity grant,
    UUID id,
    @Nullable Identity refreshToken,
    List<String> scope,
    @Nullable Identity session,
    Instant updatedAt,
    UserReference user) {
  /// The token, whole or only its two ends.
  ///
  /// @param expiresIn the seconds that are left, or null for ever
  public record Token(@Nullable Integer expiresIn, UUID id, String token) {}
}
