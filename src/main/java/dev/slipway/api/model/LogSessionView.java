package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;

/// Where an app's log can be read.
public record LogSessionView(Instant createdAt, UUID id, String logplexUrl, Instant updatedAt) {}
