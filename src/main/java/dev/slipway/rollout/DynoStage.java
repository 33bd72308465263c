package dev.slipway.rollout;

/// A dyno's part in its app.
public enum DynoStage {
  /// Will be started once there is room.
  PLANNED,
  /// Starts, and gets no request yet.
  CANDIDATE,
  /// Serves.
  LIVE,
  /// Gets no new request, and goes once it has none left.
  RETIRING
}
