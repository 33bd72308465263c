package dev.slipway.engine;

/// The engine could not build or fetch an image; the message is the engine's own.
public final class BuildFailed extends RuntimeException {
  BuildFailed(String image, String message) {
    super(image + ": " + message);
  }
}
