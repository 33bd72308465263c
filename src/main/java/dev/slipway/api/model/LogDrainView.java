package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A log drain, as Heroku shows it: to those who may use the app, with the whole URL.
public record LogDrainView(
    @Nullable Reference addon,
    Reference app,
    Instant createdAt,
    UUID id,
    String token,
    Instant updatedAt,
    String url) {}
