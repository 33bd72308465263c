package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A build.
public record BuildJson(
    Identity app,
    List<String> buildpacks,
    Instant createdAt,
    UUID id,
    String outputStreamUrl,
    @Nullable Identity release,
    @Nullable Identity slug,
    SourceBlob sourceBlob,
    String stack,
    String status,
    Instant updatedAt,
    UserReference user) {}
