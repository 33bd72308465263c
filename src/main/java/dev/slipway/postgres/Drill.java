package dev.slipway.postgres;

import java.time.Instant;
import java.util.List;

/// A backup restored into a server that was thrown away, and looked at there.
///
/// @param passed whether all that was looked at was as it should be
/// @param milliseconds from the beginning to the last check
/// @param version of the server; empty where none came up
/// @param report what was looked at, a line each; the last one of a failed drill says why it failed
public record Drill(
    boolean passed, Instant at, long milliseconds, String version, List<String> report) {
  /// Copies the list.
  public Drill {
    report = List.copyOf(report);
  }
}
