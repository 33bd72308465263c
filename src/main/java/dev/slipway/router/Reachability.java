package dev.slipway.router;

/// What the routers' probes say of a candidate.
public sealed interface Reachability {
  /// Some live router has not said yet.
  record Unknown() implements Reachability {}

  /// Every live router reaches it.
  record Reachable() implements Reachability {}

  /// Some live router does not reach it.
  ///
  /// @param why what went wrong, and on which router
  record Unreachable(String why) implements Reachability {}
}
