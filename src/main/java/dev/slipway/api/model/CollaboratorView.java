package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Someone who may use an app.
public record CollaboratorView(
    Reference app,
    Instant createdAt,
    UUID id,
    List<String> permissions,
    String role,
    Instant updatedAt,
    UserReference user) {}
