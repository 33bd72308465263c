package dev.slipway.release;

import dev.slipway.image.ImageReference;
import org.jspecify.annotations.Nullable;

/// What a dyno of one process type runs.
///
/// @param image the image, by digest
/// @param command a shell command, or null for the image's own
public record SlugProcess(ImageReference image, @Nullable String command) {
  /// The name that a host pulls its image by.
  public String imageName() {
    return image.onHost();
  }
}
