package dev.slipway.release;

import java.util.Locale;

/// How far a release came.
public enum ReleaseStatus {
  /// Its rollout has not ended.
  PENDING,
  /// It went live.
  SUCCEEDED,
  /// It never went live; the one before it went on.
  FAILED;

  /// Heroku's word.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
