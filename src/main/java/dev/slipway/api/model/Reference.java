package dev.slipway.api.model;

import java.util.UUID;

/// Another object by identity and name.
public record Reference(UUID id, String name) {}
