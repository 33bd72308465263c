package dev.slipway.pipelines;

import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.UUID;

/// The place of an app in a pipeline. An app has one at the most.
public record Coupling(
    UUID id, UUID pipeline, AppId app, Stage stage, Instant createdAt, Instant updatedAt) {}
