package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;

/// The place of an app in a pipeline.
public record CouplingView(
    Identity app,
    Instant createdAt,
    UUID id,
    Reference pipeline,
    String stage,
    Instant updatedAt) {}
