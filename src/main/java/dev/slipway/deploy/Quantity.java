package dev.slipway.deploy;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.regex.Pattern;

/// How many dynos someone wants: a number, or so many more or fewer.
public sealed interface Quantity {
  /// So many.
  record Absolute(int dynos) implements Quantity {}

  /// So many more; fewer when negative.
  record Relative(int dynos) implements Quantity {}

  /// What it comes to.
  ///
  /// @param current how many there are now
  default int from(int current) {
    return switch (this) {
      case Absolute(var dynos) -> dynos;
      case Relative(var dynos) -> current + dynos;
    };
  }

  /// Parses `2`, `+1` or `-1`.
  ///
  /// @throws UserError when it is none of these
  static Quantity of(String text) {
    if (!Form.PATTERN.matcher(text).matches()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Cannot scale to '" + text.substring(0, Math.min(text.length(), 40)) + "'",
              "a quantity is a number such as 2, or a change such as +1 or -1",
              "heroku ps:scale web=2"));
    }
    var number = Integer.parseInt(text);
    return Character.isDigit(text.charAt(0)) ? new Absolute(number) : new Relative(number);
  }

  /// Keeps the pattern out of the interface's own members.
  final class Form {
    private static final Pattern PATTERN = Pattern.compile("[+-]?[0-9]{1,6}");

    private Form() {}
  }
}
