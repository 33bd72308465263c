package dev.slipway.provider;

import org.jspecify.annotations.Nullable;

/// A machine of this installation.
///
/// @param id the provider's
/// @param host the name that it was made for
/// @param type in the provider's words
/// @param address by which the other hosts reach it; null while it has none
public record Machine(String id, String host, String type, State state, @Nullable String address) {
  /// How a machine is.
  public enum State {
    /// It is being made.
    PENDING,
    /// It has power.
    RUNNING,
    /// Somebody switched it off.
    STOPPED,
    /// It is ended, or about to be.
    GONE
  }
}
