package dev.slipway.takeover;

/// Keeps who runs control no more from changing anything.
@FunctionalInterface
public interface Fence {
  /// Returns where this process may still change things.
  ///
  /// @throws RuntimeException where it may not, or the managers do not answer
  void check();
}
