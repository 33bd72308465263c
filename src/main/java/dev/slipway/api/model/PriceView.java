package dev.slipway.api.model;

/// What a plan costs.
///
/// @param cents of a dollar
public record PriceView(int cents, boolean contract, boolean metered, String unit) {
  /// Nothing: it runs on the team's own machines.
  public static final PriceView FREE = new PriceView(0, false, false, "month");
}
