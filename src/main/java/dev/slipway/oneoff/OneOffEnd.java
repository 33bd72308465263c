package dev.slipway.oneoff;

/// How a one-off dyno ended.
public sealed interface OneOffEnd {
  /// Its command ended by itself.
  record Exited(int status) implements OneOffEnd {}

  /// It was stopped before its command ended.
  ///
  /// @param why such as the time limit
  record Stopped(String why) implements OneOffEnd {}

  /// Its command never ran.
  record NotStarted(String why) implements OneOffEnd {}

  /// It is gone, and nobody knows what became of its command.
  record Lost() implements OneOffEnd {}
}
