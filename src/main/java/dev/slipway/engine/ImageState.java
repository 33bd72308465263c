package dev.slipway.engine;

import java.util.Map;

/// An image as the engine has it.
///
/// @param id the engine's identifier, `sha256:...`
/// @param labels what its Dockerfile and its builder wrote on it
public record ImageState(String id, Map<String, String> labels) {
  /// Copies the labels.
  public ImageState {
    labels = Map.copyOf(labels);
  }
}
