package dev.slipway.rollout;

import dev.slipway.core.ProcessType;
import java.time.Duration;
import java.util.Map;

/// How long dynos may take between SIGTERM and SIGKILL.
///
/// @param usual that of types that are not named
/// @param ofTypes by process type
public record Graces(Duration usual, Map<ProcessType, Duration> ofTypes) {
  /// Copies the map.
  public Graces {
    ofTypes = Map.copyOf(ofTypes);
  }

  /// That of a process type.
  public Duration of(ProcessType type) {
    return ofTypes.getOrDefault(type, usual);
  }
}
