package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;

/// A feature of an app or an account.
public record FeatureView(
    Instant createdAt,
    String description,
    String displayName,
    String docUrl,
    boolean enabled,
    String feedbackEmail,
    UUID id,
    String name,
    String state,
    Instant updatedAt) {}
