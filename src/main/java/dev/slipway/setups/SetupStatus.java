package dev.slipway.setups;

import java.util.Locale;

/// How far an app setup came.
public enum SetupStatus {
  /// It goes on.
  PENDING,
  /// The app is live, and its postdeploy command ended well.
  SUCCEEDED,
  /// Something went wrong; the app is there with what came about until then.
  FAILED;

  /// Heroku's word.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
