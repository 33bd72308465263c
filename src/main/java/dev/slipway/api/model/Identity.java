package dev.slipway.api.model;

import java.util.UUID;

/// Another object by identity alone.
public record Identity(UUID id) {}
