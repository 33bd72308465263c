package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;

/// An SSH key.
///
/// @param email what Heroku called the comment before
public record KeyView(
    String comment,
    Instant createdAt,
    String email,
    String fingerprint,
    UUID id,
    String publicKey,
    Instant updatedAt) {}
