package dev.slipway.rollout;

/// Why dynos change, which decides which of them do.
public enum Reason {
  /// A release goes live: every dyno is replaced.
  RELEASE,
  /// A release that broke off half-way, for want of memory for two sets of dynos, is taken back:
  /// every dyno is replaced by one of the release before it, without a release phase.
  RESTORE,
  /// The formation changed: dynos are added or taken away, the others stay.
  SCALE,
  /// Someone asked for fresh dynos: those are replaced, by the same release.
  RESTART
}
