package dev.slipway.rollout;

/// The new dynos can't go live; carries what the app's owner is told.
final class RolloutFailure extends RuntimeException {
  RolloutFailure(String message) {
    super(message);
  }
}
