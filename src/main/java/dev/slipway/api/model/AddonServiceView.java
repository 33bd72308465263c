package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A kind of add-on.
public record AddonServiceView(
    @Nullable String cliPluginName,
    Instant createdAt,
    String humanName,
    UUID id,
    String name,
    String state,
    List<Reference> supportedGenerations,
    boolean supportsMultipleInstallations,
    boolean supportsSharing,
    Instant updatedAt) {}
