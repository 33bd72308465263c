package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// An event that webhooks were told of, as Heroku shows it.
public record WebhookEventView(
    Instant createdAt, UUID id, String include, JsonNode payload, Instant updatedAt) {}
