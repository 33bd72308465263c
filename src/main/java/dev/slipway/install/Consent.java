package dev.slipway.install;

/// Is asked before a set-up does what its owner may not expect.
public interface Consent {
  /// Whether the owner agrees.
  ///
  /// @param question to be answered with yes or no
  boolean to(String question);
}
