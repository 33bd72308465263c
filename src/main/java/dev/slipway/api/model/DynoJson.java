package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A dyno.
///
/// @param crashes how often its process ended by itself; not Heroku's
/// @param startsAt when it is started again after a crash, while it is held back; not Heroku's
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
    Instant updatedAt,
    int crashes,
    @Nullable Instant startsAt) {}
