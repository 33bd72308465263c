package dev.slipway.core;

/// A release's number within its app: 1, 2, 3 and so on, shown as `v3`.
public record ReleaseVersion(int value) implements Comparable<ReleaseVersion> {
  /// Checks the number.
  public ReleaseVersion {
    if (value < 1) {
      throw new IllegalArgumentException("a release's number starts at 1: " + value);
    }
  }

  @Override
  public int compareTo(ReleaseVersion other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return "v" + value;
  }
}
