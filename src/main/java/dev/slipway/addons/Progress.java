package dev.slipway.addons;

import dev.slipway.core.Secret;
import java.util.Map;

/// How far an add-on is.
public sealed interface Progress {
  /// It can be used.
  ///
  /// @param config the config vars, by what comes after the attachment's name
  /// @param message what to tell whoever asked for it
  record Ready(Map<String, Secret> config, String message) implements Progress {
    /// Copies the config vars.
    public Ready {
      config = Map.copyOf(config);
    }
  }

  /// It takes a while.
  record Working() implements Progress {}

  /// It can't be had.
  ///
  /// @param problem why
  record Failed(String problem) implements Progress {}
}
