package dev.slipway.rollout;

/// Told whenever a rollout's next step is on disk and about to begin.
@FunctionalInterface
public interface StepObserver {
  /// Does nothing.
  StepObserver NONE = rollout -> {};

  /// The rollout now stands at this step.
  void entered(RolloutRecord rollout);
}
