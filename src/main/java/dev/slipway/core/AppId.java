package dev.slipway.core;

import java.util.UUID;

/// An app's identity: given once, kept through renames.
public record AppId(UUID value) {
  /// A fresh identity.
  public static AppId random() {
    return new AppId(UUID.randomUUID());
  }

  /// Parses the canonical form.
  public static AppId of(String value) {
    return new AppId(UUID.fromString(value));
  }

  /// The first twelve hexadecimal digits: short enough to stand in a DNS label with more after it.
  public String shortForm() {
    return value.toString().replace("-", "").substring(0, 12);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
