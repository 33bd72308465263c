package dev.slipway.postgres;

import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;

/// What is wanted of a database's backups.
///
/// @param nightly whether there is one each day
/// @param hour the hour of the day
/// @param zone where it is that hour
/// @param query what a drill asks the restored database; empty for nothing
public record BackupWish(UUID database, boolean nightly, int hour, ZoneId zone, String query) {
  private static final int NIGHT = 3;
  private static final int MINUTES = 60;

  /// What a database has of which nobody said anything.
  static BackupWish usual(UUID database) {
    return new BackupWish(database, true, NIGHT, ZoneId.of("UTC"), "");
  }

  BackupWish asking(String other) {
    return new BackupWish(database, nightly, hour, zone, other);
  }

  /// When one was due last. Databases are spread over the hour.
  Instant lastDue(Instant now) {
    var minute = Math.floorMod(database.hashCode(), MINUTES);
    var local = now.atZone(zone);
    var today = local.toLocalDate().atTime(hour, minute).atZone(zone);
    return (today.isAfter(local) ? today.minusDays(1) : today).toInstant();
  }
}
