package dev.slipway.rollout;

import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ReleaseVersion;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A dyno as people see it.
///
/// @param state Heroku's word: `starting`, `up` or `crashed`
/// @param updatedAt when it came into that state
/// @param crashes how often its process ended by itself
/// @param startsAt when it is started again after a crash, while it is held back, or null
public record DynoView(
    UUID id,
    DynoName name,
    DynoSize size,
    String command,
    UUID releaseId,
    ReleaseVersion releaseVersion,
    String state,
    Instant createdAt,
    Instant updatedAt,
    int crashes,
    @Nullable Instant startsAt) {
  /// One that never crashed.
  public DynoView(
      UUID id,
      DynoName name,
      DynoSize size,
      String command,
      UUID releaseId,
      ReleaseVersion releaseVersion,
      String state,
      Instant createdAt,
      Instant updatedAt) {
    this(id, name, size, command, releaseId, releaseVersion, state, createdAt, updatedAt, 0, null);
  }

  /// The same dyno in another state.
  DynoView in(String otherState, Instant since) {
    return new DynoView(
        id,
        name,
        size,
        command,
        releaseId,
        releaseVersion,
        otherState,
        createdAt,
        since,
        crashes,
        startsAt);
  }
}
