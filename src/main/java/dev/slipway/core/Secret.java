package dev.slipway.core;

/// A value that must not reach a log, an error message or a terminal by accident: printing it gives
/// `[REDACTED]`, and only `reveal` gives the value.
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
