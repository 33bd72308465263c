package dev.slipway.webhooks;

import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.UUID;

/// Something that happened to an app and that a webhook wants to know.
///
/// @param sequence rises from event to event of the installation
/// @param include its kind, such as `api:release`
/// @param payload a JSON object: what deliveries carry
public record Event(
    UUID id, long sequence, AppId app, String include, String payload, Instant createdAt) {}
