package dev.slipway.api.model;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A tick of a schedule, and what became of it.
///
/// @param byHand whether a person asked for it
/// @param dueAt when it was due; the first of several that were missed
/// @param exitStatus the command's
/// @param ticks how many it stands for: more than one where several in a row were missed
public record ScheduleRunView(
    boolean byHand,
    Instant dueAt,
    @Nullable DynoReference dyno,
    @Nullable Instant endedAt,
    @Nullable Integer exitStatus,
    UUID id,
    @Nullable String note,
    @Nullable Instant startedAt,
    String state,
    int ticks) {
  /// Its dyno; removed when it has ended.
  public record DynoReference(@Nullable UUID id, @Nullable String name) {}
}
