package dev.slipway.rollout;

import java.util.Locale;

/// Where a rollout is. It only moves forward, each step is on disk before it begins, and each can
/// be done again from its start: that is how a rollout survives the death of control at any point.
/// `docs/design/rollout.md` has the whole machine.
public enum Step {
  /// Waits for the app's earlier rollouts.
  QUEUED,
  /// Runs the app's release phase.
  PHASE,
  /// Creates the new dynos.
  START,
  /// Waits until routers reach them.
  READY,
  /// Gives routers the table with the new dynos only, and waits for their word.
  SWITCH,
  /// Waits until the old dynos have no request left.
  DRAIN,
  /// Removes the old dynos.
  STOP,
  /// Writes down what it cost.
  RECEIPT,
  /// The release is live.
  DONE,
  /// The release never went live; the old dynos were not touched.
  FAILED;

  /// Whether nothing follows.
  public boolean isFinal() {
    return this == DONE || this == FAILED;
  }

  /// Whether users get the new release from here on.
  public boolean isLive() {
    return compareTo(DRAIN) >= 0 && this != FAILED;
  }

  /// How people and scripts see it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
