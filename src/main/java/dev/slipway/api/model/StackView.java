package dev.slipway.api.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;

/// What apps run on.
public record StackView(
    Instant createdAt,
    @JsonProperty("default") boolean usual,
    UUID id,
    String name,
    String state,
    Instant updatedAt) {}
