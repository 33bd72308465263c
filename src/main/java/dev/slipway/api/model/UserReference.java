package dev.slipway.api.model;

import java.util.UUID;

/// A person by identity and address.
public record UserReference(UUID id, String email) {}
