package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A release.
public record ReleaseView(
    List<String> addonPlanNames,
    Reference app,
    List<String> artifacts,
    Instant createdAt,
    boolean current,
    String description,
    boolean eligibleForRollback,
    UUID id,
    @Nullable String outputStreamUrl,
    @Nullable Identity slug,
    String status,
    Instant updatedAt,
    UserReference user,
    int version) {}
