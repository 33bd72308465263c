package dev.slipway.core;

import org.jspecify.annotations.Nullable;

/// What a person is told when something can't be done.
///
/// @param code the kind of problem
/// @param what what failed
/// @param why the reason, or null where `what` says it all
/// @param hint what to type or do next, or null where nothing helps
public record Problem(ErrorCode code, String what, @Nullable String why, @Nullable String hint) {
  /// A problem whose one sentence says it all.
  public static Problem of(ErrorCode code, String what) {
    return new Problem(code, what, null, null);
  }

  /// The whole problem in one paragraph, for clients that print a single message.
  public String sentence() {
    var text = new StringBuilder(what);
    if (why != null) {
      text.append(what.endsWith(".") ? " " : ": ").append(why);
    }
    if (hint != null) {
      text.append(text.charAt(text.length() - 1) == '.' ? " " : ". ").append(hint);
    }
    return text.toString();
  }
}
