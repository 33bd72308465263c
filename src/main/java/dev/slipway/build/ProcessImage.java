package dev.slipway.build;

import dev.slipway.image.ImageReference;
import org.jspecify.annotations.Nullable;

/// What a process type runs.
///
/// @param image the image, by digest
/// @param command a shell command, or null for the image's own
public record ProcessImage(ImageReference image, @Nullable String command) {}
