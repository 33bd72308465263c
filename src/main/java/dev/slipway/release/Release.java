package dev.slipway.release;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ReleaseVersion;
import dev.slipway.core.Secret;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One numbered state of an app's code and configuration. All but its status is fixed once made.
///
/// @param slugOrNull what it runs, or null before the first deploy; read it with `slug()`
/// @param createdBy who caused it
/// @param outputKey whoever knows it may read what the release phase wrote: clients fetch that
///   without credentials
public record Release(
    UUID id,
    AppId app,
    ReleaseVersion version,
    String description,
    ReleaseStatus status,
    @Nullable Slug slugOrNull,
    ConfigVars config,
    AccountId createdBy,
    Secret outputKey,
    Instant createdAt,
    Instant updatedAt) {
  /// What it runs, once something was deployed.
  public Optional<Slug> slug() {
    return Optional.ofNullable(slugOrNull);
  }

  /// What its dynos of that type run, if it has the type.
  public Optional<SlugProcess> process(ProcessType type) {
    return slug().map(Slug::processes).map(processes -> processes.get(type));
  }
}
