package dev.slipway.rollout;

/// How a rollout went, as far as its starter waits for it.
public sealed interface RolloutOutcome {
  /// Users have the new dynos; the old ones may still be finishing.
  record Live() implements RolloutOutcome {}

  /// Nothing changed for users.
  ///
  /// @param problem why, in one paragraph
  record Failed(String problem) implements RolloutOutcome {}
}
