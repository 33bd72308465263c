package dev.slipway.postgres;

import dev.slipway.core.AppId;

/// Whoever is told of backups: the app's log, its drains and webhooks.
@FunctionalInterface
public interface BackupNews {
  /// Tells nobody.
  BackupNews NONE = (_, _, _) -> {};

  /// Something about the newest backup.
  ///
  /// @param text a sentence for people
  void tell(AppId app, Backup backup, String text);
}
