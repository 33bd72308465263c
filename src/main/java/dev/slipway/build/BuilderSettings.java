package dev.slipway.build;

import java.time.Duration;

/// Where builds run, and how far they may go.
///
/// @param container the builder's container
/// @param registry the image server's address as the builder sees it
/// @param timeLimit how long a build may take
/// @param parallel how many builds run at once; others wait
public record BuilderSettings(String container, String registry, Duration timeLimit, int parallel) {
  /// What a machine that `slipway up` made has.
  public static BuilderSettings standard() {
    return new BuilderSettings(
        "slipway-builder", "slipway-registry:5000", Duration.ofMinutes(15), 2);
  }
}
