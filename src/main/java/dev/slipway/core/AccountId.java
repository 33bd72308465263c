package dev.slipway.core;

import java.util.UUID;

/// An account's identity.
public record AccountId(UUID value) {
  /// Parses the canonical form.
  public static AccountId of(String value) {
    return new AccountId(UUID.fromString(value));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
