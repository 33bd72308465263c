package dev.slipway.install;

import org.jspecify.annotations.Nullable;

/// One thing that the doctor looked at.
///
/// @param subject what was looked at
/// @param grade how it is
/// @param text what was seen
/// @param remedy what to do, or null where there is nothing to do
public record Finding(String subject, Grade grade, String text, @Nullable String remedy) {
  /// How a thing is.
  public enum Grade {
    /// As it should be.
    GREEN,
    /// Works, and wants attention.
    YELLOW,
    /// Does not work.
    RED
  }

  static Finding green(String subject, String text) {
    return new Finding(subject, Grade.GREEN, text, null);
  }

  static Finding yellow(String subject, String text, String remedy) {
    return new Finding(subject, Grade.YELLOW, text, remedy);
  }

  static Finding red(String subject, String text, String remedy) {
    return new Finding(subject, Grade.RED, text, remedy);
  }
}
