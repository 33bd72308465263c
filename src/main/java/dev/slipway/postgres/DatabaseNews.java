package dev.slipway.postgres;

import dev.slipway.core.AppId;

/// Whoever is told what is not well with a database, and that it is again: the app's log, its
/// drains and webhooks.
@FunctionalInterface
public interface DatabaseNews {
  /// Tells nobody.
  DatabaseNews NONE = (_, _, _) -> {};

  /// Something about a database of the app.
  ///
  /// @param subject what it is about: the newest `Backup`, or the `DiskRoom`
  /// @param text a sentence for people
  void tell(AppId app, Record subject, String text);
}
