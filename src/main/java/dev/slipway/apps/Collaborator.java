package dev.slipway.apps;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.UUID;

/// An account that may use an app which is another's.
public record Collaborator(UUID id, AppId app, AccountId account, Instant createdAt) {}
