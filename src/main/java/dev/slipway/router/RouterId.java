package dev.slipway.router;

import java.util.regex.Pattern;

/// A router's identity: one per host, kept in a file beside its table.
///
/// @param leaving whether it is the one that ends while another takes over under the same name
public record RouterId(String value, boolean leaving) implements Comparable<RouterId> {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /// Checks that it can stand in a header and a log line.
  public RouterId {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException("not a router's id");
    }
  }

  /// One that stays.
  public RouterId(String value) {
    this(value, false);
  }

  @Override
  public int compareTo(RouterId other) {
    var byName = value.compareTo(other.value);
    return byName == 0 ? Boolean.compare(leaving, other.leaving) : byName;
  }

  @Override
  public String toString() {
    return leaving ? value + " (leaving)" : value;
  }
}
