package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// A webhook, as Heroku shows it: without its secret.
public record WebhookView(
    Reference app,
    Instant createdAt,
    UUID id,
    List<String> include,
    String level,
    Instant updatedAt,
    String url) {}
