package dev.slipway.oneoff;

import dev.slipway.rollout.DynoView;
import org.jspecify.annotations.Nullable;

/// A command that was taken on.
///
/// @param dyno the dyno that runs it
/// @param attachUrl where its client gets its input and output, or null; a secret
public record OneOffStart(DynoView dyno, @Nullable String attachUrl) {}
