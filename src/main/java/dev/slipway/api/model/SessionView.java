package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A login in the browser.
///
/// @param expiresIn the seconds that are left, or null for ever
public record SessionView(
    Instant createdAt,
    String description,
    @Nullable Integer expiresIn,
    UUID id,
    Instant updatedAt) {}
