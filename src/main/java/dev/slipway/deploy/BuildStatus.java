package dev.slipway.deploy;

import java.util.Locale;

/// How far a build came.
public enum BuildStatus {
  /// It runs.
  PENDING,
  /// Its release is live.
  SUCCEEDED,
  /// It gave no image, or its release did not go live.
  FAILED;

  /// Heroku's word.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
