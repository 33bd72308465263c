package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;

/// How many dynos of a type an app runs, and how large.
public record FormationView(
    Reference app,
    String command,
    Instant createdAt,
    Reference dynoSize,
    UUID id,
    int quantity,
    String size,
    String type,
    Instant updatedAt) {}
