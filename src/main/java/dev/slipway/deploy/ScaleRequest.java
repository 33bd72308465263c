package dev.slipway.deploy;

import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import org.jspecify.annotations.Nullable;

/// What someone wants to change of one process type.
///
/// @param quantity how many dynos, or null to keep their number
/// @param size how large, or null to keep it
public record ScaleRequest(
    ProcessType type, @Nullable Quantity quantity, @Nullable DynoSize size) {}
