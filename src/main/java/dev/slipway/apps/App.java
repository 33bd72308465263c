package dev.slipway.apps;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import java.time.Instant;

/// An app: what its owner deploys, scales and configures.
///
/// @param maintenance whether its routers answer with the maintenance page
public record App(
    AppId id,
    AppName name,
    AccountId owner,
    boolean maintenance,
    Instant createdAt,
    Instant updatedAt) {}
