package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;

/// An app's way from one account to another.
public record AppTransferView(
    Reference app,
    Instant createdAt,
    UUID id,
    UserReference owner,
    UserReference recipient,
    String state,
    Instant updatedAt) {}
