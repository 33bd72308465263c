package dev.slipway.rollout;

import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ReleaseVersion;
import java.time.Instant;
import java.util.UUID;

/// A dyno as people see it.
///
/// @param state Heroku's word: `starting`, `up` or `crashed`
/// @param updatedAt when it came into that state
public record DynoView(
    UUID id,
    DynoName name,
    DynoSize size,
    String command,
    UUID releaseId,
    ReleaseVersion releaseVersion,
    String state,
    Instant createdAt,
    Instant updatedAt) {
  /// The same dyno in another state.
  DynoView in(String otherState, Instant since) {
    return new DynoView(
        id, name, size, command, releaseId, releaseVersion, otherState, createdAt, since);
  }
}
