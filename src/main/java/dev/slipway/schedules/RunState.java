package dev.slipway.schedules;

import java.util.Locale;

/// What became of a tick. Only `STARTING` and `RUNNING` ever change.
public enum RunState {
  /// It is promised: whoever runs control starts its dyno.
  STARTING,
  /// The engine has its dyno.
  RUNNING,
  /// The command ended with status 0.
  SUCCEEDED,
  /// The command ended with another status.
  FAILED,
  /// It was stopped: replaced by the next run, by hand, or at its time limit.
  STOPPED,
  /// The run before went on.
  SKIPPED,
  /// It was not started within its grace.
  MISSED,
  /// It ran, and its dyno is gone without a word.
  LOST;

  /// Whether it still changes.
  public boolean active() {
    return this == STARTING || this == RUNNING;
  }

  /// The word that people read.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
