package dev.slipway.postgres;

import java.util.UUID;

/// How much room a database's disk has.
///
/// @param id the database's
/// @param name its name
/// @param host whose disk it is
/// @param freeMegabytes how much is free
/// @param low whether that is so little that the database takes no changes
public record DiskRoom(UUID id, String name, String host, long freeMegabytes, boolean low) {
  /// In one sentence, for people.
  public String sentence() {
    return "The disk of host "
        + host
        + " has "
        + freeMegabytes
        + " MB free: "
        + name
        + (low ? " takes no changes until there is more" : " takes changes again");
  }
}
