package dev.slipway.rollout;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ServiceName;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A dyno as control wants it; what it is doing is the engine's to say.
///
/// @param startedBy the rollout that brings it in
/// @param stoppedBy the rollout that takes it out, or null
/// @param crashes what its process came to so far
record Dyno(
    UUID id,
    AppId app,
    DynoName name,
    ServiceName service,
    UUID release,
    DynoSize size,
    DynoStage stage,
    UUID startedBy,
    @Nullable UUID stoppedBy,
    Instant createdAt,
    Crashes crashes) {
  /// One that never crashed.
  Dyno(
      UUID id,
      AppId app,
      DynoName name,
      ServiceName service,
      UUID release,
      DynoSize size,
      DynoStage stage,
      UUID startedBy,
      @Nullable UUID stoppedBy,
      Instant createdAt) {
    this(
        id,
        app,
        name,
        service,
        release,
        size,
        stage,
        startedBy,
        stoppedBy,
        createdAt,
        Crashes.NONE);
  }

  /// The same with other crashes.
  Dyno with(Crashes others) {
    return new Dyno(
        id, app, name, service, release, size, stage, startedBy, stoppedBy, createdAt, others);
  }

  /// Whether the rollout brings it in.
  boolean isStartedBy(UUID rollout) {
    return startedBy.equals(rollout);
  }

  /// Whether the rollout takes it out.
  boolean isStoppedBy(UUID rollout) {
    return rollout.equals(stoppedBy);
  }
}
