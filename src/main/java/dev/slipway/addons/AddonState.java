package dev.slipway.addons;

import java.util.Locale;

/// Where an add-on is in its life.
public enum AddonState {
  /// Its provider works on it; the app has no config vars of it yet.
  PROVISIONING,
  /// It can be used.
  PROVISIONED,
  /// It could not be made; it stays to be seen until someone destroys it. Heroku's word for this is
  /// the same as for what is gone.
  DEPROVISIONED,
  /// Its provider takes it away; no app has its config vars any more.
  DEPROVISIONING;

  /// Heroku's word.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
