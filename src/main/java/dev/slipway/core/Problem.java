package dev.slipway.core;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a person is told when something can't be done.
///
/// @param code the kind of problem
/// @param what what failed
/// @param why the reason, or null where `what` says it all
/// @param hint what to type or do next, or null where nothing helps
public record Problem(ErrorCode code, String what, @Nullable String why, @Nullable String hint) {
  private static final String WHAT = "slipway: ";
  private static final String WHY = "  ";
  private static final String NEXT = "Next: ";

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

  /// The problem as terminals and logs show it: what, why and what to do next, on lines of their
  /// own.
  public String told() {
    var text = new StringBuilder(WHAT).append(what);
    if (why != null) {
      text.append("\n" + WHY).append(why.replace("\n", "\n" + WHY));
    }
    if (hint != null) {
      text.append("\n" + NEXT).append(hint);
    }
    return text.toString();
  }

  /// The problem that a process told before it ended, if its last lines tell one.
  ///
  /// @param code the kind of problem, which is not told
  public static Optional<Problem> lastTold(ErrorCode code, List<String> lines) {
    var end = lines.size();
    String hint = null;
    if (end > 0 && lines.get(end - 1).startsWith(NEXT)) {
      end--;
      hint = lines.get(end).substring(NEXT.length());
    }
    var start = end;
    while (start > 0 && lines.get(start - 1).startsWith(WHY)) {
      start--;
    }
    if (start == 0 || !lines.get(start - 1).startsWith(WHAT)) {
      return Optional.empty();
    }
    var why = lines.subList(start, end).stream().map(line -> line.substring(WHY.length())).toList();
    return Optional.of(
        new Problem(
            code,
            lines.get(start - 1).substring(WHAT.length()),
            why.isEmpty() ? null : String.join("\n", why),
            hint));
  }
}
