package dev.slipway.postgres;

import dev.slipway.core.Secret;

/// What pgBackRest is told of a database's repository.
///
/// Source: pgBackRest 2.55 user guide, "Configuration Reference".
final class RepositorySettings {
  /// Days for which a backup is kept, and the changes since.
  static final int KEPT_DAYS = 7;

  private RepositorySettings() {}

  /// The file. Each database has a key of its own, derived from the installation's.
  ///
  /// A repository that is away or full must not fill the database's own disk with changes that wait
  /// for it: beyond the queue they are given up, and the next drill finds the gap.
  static String of(Database database, Secret key) {
    return """
    [global]
    repo1-path=/srv/backups
    repo1-cipher-type=aes-256-cbc
    repo1-cipher-pass=@key
    repo1-bundle=y
    repo1-retention-full-type=time
    repo1-retention-full=@days
    archive-push-queue-max=@queueMB
    archive-timeout=60
    compress-type=zst
    start-fast=y
    process-max=1
    log-level-file=off
    log-level-console=warn

    [database]
    pg1-path=/srv/slipway/data
    pg1-socket-path=/srv/slipway/socket
    """
        .replace("@key", key.derive("backups of " + database.id()).reveal())
        .replace("@days", Integer.toString(KEPT_DAYS))
        .replace("@queue", Integer.toString(Math.min(database.plan().gigabytes() * 256, 4096)));
  }
}
