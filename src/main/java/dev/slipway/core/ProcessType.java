package dev.slipway.core;

import java.util.regex.Pattern;

/// A kind of process that an app's code declares, such as `web` or `worker`.
public record ProcessType(String value) implements Comparable<ProcessType> {
  // Before the constants: their constructor needs it.
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  /// The one type that receives requests.
  public static final ProcessType WEB = new ProcessType("web");

  /// The command that runs once before a release goes live.
  public static final ProcessType RELEASE = new ProcessType("release");

  /// Checks the name.
  ///
  /// @throws UserError when it holds anything but letters, digits, dashes and underscores
  public ProcessType {
    if (!VALID.matcher(value).matches()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "'" + value + "' can't be a process type",
              "a process type has 1 to 63 letters, digits, dashes or underscores",
              "Rename it in the Procfile, such as worker"));
    }
  }

  /// Whether requests are routed to it.
  public boolean isWeb() {
    return equals(WEB);
  }

  @Override
  public int compareTo(ProcessType other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
