package dev.slipway.api.model;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A schedule, and how its last run was.
///
/// @param schedule when, in the words it was given with
/// @param cron the same as five fields of cron
/// @param grace seconds that a run may be late
/// @param nextRuns when it is due next; none where it is disabled
public record ScheduleView(
    Reference app,
    String command,
    Instant createdAt,
    String cron,
    boolean enabled,
    long grace,
    UUID id,
    @Nullable ScheduleRunView lastRun,
    String name,
    List<Instant> nextRuns,
    String overlap,
    String schedule,
    String size,
    Instant updatedAt,
    String zone) {}
