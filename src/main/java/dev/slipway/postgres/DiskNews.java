package dev.slipway.postgres;

import dev.slipway.core.AppId;

/// Whoever is told that a database's disk is nearly full, and that it has room again: the app's
/// log, its drains and webhooks.
@FunctionalInterface
public interface DiskNews {
  /// Tells nobody.
  DiskNews NONE = (_, _) -> {};

  /// The room that there is now.
  void tell(AppId app, DiskRoom room);
}
