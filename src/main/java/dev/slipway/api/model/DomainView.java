package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A host name that leads to an app.
public record DomainView(
    @Nullable String acmStatus,
    @Nullable String acmStatusReason,
    Reference app,
    @Nullable String cname,
    Instant createdAt,
    String hostname,
    UUID id,
    String kind,
    @Nullable Reference sniEndpoint,
    String status,
    Instant updatedAt) {}
