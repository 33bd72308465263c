package dev.slipway.provider;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a machine costs a month of 730 hours, without traffic, public addresses and tax.
///
/// @param machine in USD, or null where it is not known
/// @param disk in USD, or null where it is not known
/// @param example the same machine's price in a region where it is known, as a sentence, or null
/// @param asOf when the prices were taken down
public record MonthlyCost(
    @Nullable Double machine, @Nullable Double disk, @Nullable String example, String asOf) {
  /// Both together, or null where it is not known.
  public @Nullable Double total() {
    return machine == null || disk == null ? null : machine + disk;
  }

  /// What so many of them cost, in words.
  public String told(int count) {
    var total = total();
    if (total == null) {
      return "unknown here" + (example == null ? "" : "; " + example);
    }
    return String.format(
        Locale.ROOT,
        "%.2f USD a month (%d x %.2f; prices of %s, on demand, without traffic and tax)",
        count * total,
        count,
        total,
        asOf);
  }
}
