package dev.slipway.oneoff;

import dev.slipway.core.DynoName;
import java.util.UUID;

/// A one-off dyno that is going to be started, whatever becomes of this process.
///
/// @param dyno its id
public record OneOffPromise(UUID dyno, DynoName name) {}
