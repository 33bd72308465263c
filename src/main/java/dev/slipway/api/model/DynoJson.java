package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A dyno.
public record DynoJson(
    Reference app,
    @Nullable String attachUrl,
    String command,
    Instant createdAt,
    UUID id,
    String name,
    VersionReference release,
    String size,
    String state,
    String type,
    Instant updatedAt) {}
