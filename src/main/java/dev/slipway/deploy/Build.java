package dev.slipway.deploy;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.Secret;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One try to make a release out of source code.
///
/// @param slug what it gave, or null while it runs and when it failed
/// @param release the release it led to, or null
/// @param outputKey whoever knows it may read the build's log: clients fetch that without
///   credentials
public record Build(
    UUID id,
    AppId app,
    String commit,
    BuildStatus status,
    AccountId createdBy,
    @Nullable UUID slug,
    @Nullable UUID release,
    Secret outputKey,
    Instant createdAt,
    Instant updatedAt) {}
