package dev.slipway.install;

/// A destroyed add-on whose data is kept.
///
/// @param keptUntil when that ends
public record KeptData(String name, String plan, String host, String keptUntil) {
  /// In a line, as people read it.
  public String text() {
    return name + "  " + plan + "  on " + host + "  until " + keptUntil;
  }
}
