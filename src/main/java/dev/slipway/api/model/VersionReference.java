package dev.slipway.api.model;

import java.util.UUID;

/// A release by identity and number.
public record VersionReference(UUID id, int version) {}
