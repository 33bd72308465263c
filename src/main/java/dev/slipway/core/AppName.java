package dev.slipway.core;

import java.util.Set;
import java.util.regex.Pattern;

/// The name of an app, as its owner chose it. Also the first label of its host name, hence the
/// rules: Heroku's own, `^[a-z][a-z0-9-]{1,28}[a-z0-9]$`, and none of the names the platform uses.
public record AppName(String value) implements Comparable<AppName> {
  private static final Pattern VALID = Pattern.compile("[a-z][a-z0-9-]{1,28}[a-z0-9]");
  private static final Set<String> RESERVED =
      Set.of(
          "api",
          "git",
          "registry",
          "slipway",
          "localhost",
          "router",
          "control",
          "builder",
          "www",
          "heroku",
          "admin");

  /// Checks the name.
  ///
  /// @throws UserError when it breaks a rule; the message says which
  public AppName {
    if (value.length() < 3 || value.length() > 30) {
      throw invalid(value, "Name must be between 3 and 30 characters long");
    }
    if (!VALID.matcher(value).matches()) {
      throw invalid(
          value,
          "Name must start with a letter, end with a letter or digit and can only contain lowercase"
              + " letters, digits, and dashes");
    }
    if (RESERVED.contains(value)) {
      throw invalid(value, "Name " + value + " is reserved for the platform");
    }
  }

  private static UserError invalid(String value, String why) {
    var shown = value.length() > 40 ? value.substring(0, 40) + "…" : value;
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "'" + shown + "' can't be an app's name",
            why,
            "Choose another name, such as orders-api"));
  }

  @Override
  public int compareTo(AppName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
