package dev.slipway.load;

/// How one request ended.
sealed interface Outcome {
  /// A 2xx status and the whole body came.
  record Answered() implements Outcome {}

  /// Anything else.
  record Lost(String reason) implements Outcome {}
}
