package dev.slipway.schedules;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoSize;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A command of an app that is run by the clock.
///
/// @param told when, in the words it was given with
/// @param grace how late a tick may still be run
/// @param nextAt when it is due next, or null where it is disabled
public record Schedule(
    UUID id,
    AppId app,
    String name,
    String told,
    Recurrence when,
    String command,
    DynoSize size,
    Overlap overlap,
    Duration grace,
    @Nullable Instant nextAt,
    Instant createdAt,
    Instant updatedAt) {
  /// Whether the clock runs it.
  public boolean enabled() {
    return nextAt != null;
  }
}
