package dev.slipway.api.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A size of dyno.
///
/// @param compute share of the CPU
/// @param memory in GB
public record DynoSizeView(
    String architecture,
    int compute,
    @Nullable Cost cost,
    boolean dedicated,
    double preciseDynoUnits,
    Reference generation,
    UUID id,
    double memory,
    String name,
    boolean privateSpaceOnly) {
  /// What it costs: nothing beyond the machine.
  public record Cost(int cents, String unit) {}
}
