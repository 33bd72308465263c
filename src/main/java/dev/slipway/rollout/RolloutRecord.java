package dev.slipway.rollout;

import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A rollout as it stands on disk.
///
/// @param selection which dynos a restart means
/// @param batch counts the rounds of steps; more than one only where memory is short
/// @param problem why it failed, in one paragraph, or null
/// @param milliseconds how long each step took so far, over all batches
public record RolloutRecord(
    UUID id,
    AppId app,
    UUID release,
    Reason reason,
    DynoSelection selection,
    Step step,
    int batch,
    @Nullable String problem,
    Map<Step, Long> milliseconds,
    Instant createdAt) {
  /// Copies the times.
  public RolloutRecord {
    milliseconds = Collections.unmodifiableMap(new TreeMap<>(milliseconds));
  }

  /// The same rollout, of another release.
  RolloutRecord of(UUID another) {
    return new RolloutRecord(
        id, app, another, reason, selection, step, batch, problem, milliseconds, createdAt);
  }

  /// The same rollout, further on.
  RolloutRecord at(Step next, long millisecondsHere) {
    var times = new TreeMap<>(milliseconds);
    times.merge(step, millisecondsHere, Long::sum);
    var nextBatch = next == Step.START && step == Step.STOP ? batch + 1 : batch;
    return new RolloutRecord(
        id, app, release, reason, selection, next, nextBatch, problem, times, createdAt);
  }

  /// The same rollout, failed.
  RolloutRecord failed(String why, long millisecondsHere) {
    var ended = at(Step.FAILED, millisecondsHere);
    return new RolloutRecord(
        id,
        app,
        release,
        reason,
        selection,
        Step.FAILED,
        batch,
        why,
        ended.milliseconds,
        createdAt);
  }
}
