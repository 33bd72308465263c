package dev.slipway.postgres;

import dev.slipway.core.Secret;
import dev.slipway.objects.StoreSettings;
import java.util.Optional;

/// What pgBackRest is told of a database's repository.
///
/// Source: pgBackRest 2.55 user guide, "Configuration Reference".
final class RepositorySettings {
  /// Days for which a backup is kept, and the changes since.
  static final int KEPT_DAYS = 7;

  /// Where the certificate of a store's own authority lies in containers.
  private static final String AUTHORITY = "/srv/slipway/store-authority.crt";

  private RepositorySettings() {}

  /// Below a store's prefix: where the database's repository is.
  static String below(Database database) {
    return "backups/" + database.id();
  }

  /// The file. Each database has a key of its own, derived from the installation's.
  ///
  /// A repository that is away or full must not fill the database's own disk with changes that wait
  /// for it: beyond the queue they are given up, and the next drill finds the gap.
  static String of(Database database, Secret key, Optional<StoreSettings> store) {
    return """
    [global]
    @place
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
        .replace("@queue", Integer.toString(queueMegabytes(database)))
        .replace(
            "@place", store.map(it -> inStore(database, it)).orElse("repo1-path=/srv/backups"));
  }

  /// How much of its changes may wait on a database's disk for whoever does not take them.
  static int queueMegabytes(Database database) {
    return Math.min(database.plan().gigabytes() * 256, 4096);
  }

  /// Each thing is tried for a quarter of a minute: a store that is away is told soon.
  private static String inStore(Database database, StoreSettings store) {
    var place = store.place();
    var key = store.key();
    var port = place.endpoint().getPort();
    var lines =
        """
        repo1-type=s3
        repo1-path=/@path
        repo1-s3-bucket=@bucket
        repo1-s3-endpoint=@endpoint
        repo1-s3-region=@region
        repo1-s3-uri-style=path
        repo1-storage-port=@port
        io-timeout=15
        """
            .replace("@path", place.key(below(database)))
            .replace("@bucket", place.bucket())
            .replace("@endpoint", place.endpoint().getHost())
            .replace("@region", place.region())
            .replace("@port", Integer.toString(port < 0 ? 443 : port));
    var access =
        key == null
            ? "repo1-s3-key-type=auto"
            : "repo1-s3-key=" + key.id() + "\nrepo1-s3-key-secret=" + key.secret().reveal();
    var authority = store.authority() == null ? "" : "\nrepo1-storage-ca-file=" + AUTHORITY;
    return lines + access + authority;
  }
}
