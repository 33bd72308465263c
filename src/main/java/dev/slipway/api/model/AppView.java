package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An app.
public record AppView(
    boolean acm,
    @Nullable Instant archivedAt,
    @Nullable String buildpackProvidedDescription,
    Reference buildStack,
    Instant createdAt,
    Reference generation,
    String gitUrl,
    UUID id,
    boolean internalRouting,
    boolean maintenance,
    String name,
    @Nullable Reference organization,
    UserReference owner,
    Reference region,
    @Nullable Instant releasedAt,
    @Nullable Long repoSize,
    @Nullable Long slugSize,
    @Nullable Reference space,
    Reference stack,
    @Nullable Reference team,
    Instant updatedAt,
    String webUrl) {}
