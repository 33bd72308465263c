package dev.slipway.router;

import java.util.regex.Pattern;

/// A router's identity: one per host, kept in a file beside its table.
public record RouterId(String value) implements Comparable<RouterId> {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /// Checks that it can stand in a header and a log line.
  public RouterId {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException("not a router's id");
    }
  }

  @Override
  public int compareTo(RouterId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
