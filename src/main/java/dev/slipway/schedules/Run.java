package dev.slipway.schedules;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A tick of a schedule, or several in a row that were missed, and what became of it.
///
/// @param dueAt when it was due; the first of several
/// @param byHand whether a person asked for it
/// @param ticks how many ticks it stands for: more than one only where they were missed
/// @param dyno the name of its dyno, such as `scheduler.4711`, or null where it never had one
/// @param status the command's, or null where it had none or has not ended
/// @param note why it is as it is, or empty
public record Run(
    UUID id,
    UUID schedule,
    Instant dueAt,
    boolean byHand,
    RunState state,
    int ticks,
    @Nullable UUID dynoId,
    @Nullable String dyno,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Integer status,
    String note) {}
