package dev.slipway.postgres;

import dev.slipway.addons.Addon;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;

/// The databases of add-ons whose backups are taken here: all but those that are elsewhere.
record LocalDatabases(DatabaseStore rows, DatabaseServers servers) {
  /// The add-on's.
  ///
  /// @throws UserError where it has none, or its database is elsewhere
  Database of(Addon addon) {
    var database =
        rows.ofAddon(addon.id())
            .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that database."));
    if (database.isOutside()) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "A database that is elsewhere has its backups there.");
    }
    return database;
  }

  /// The same, if it can be used now.
  Database ready(Addon addon) {
    var database = of(addon);
    if (database.stage() != Database.Stage.READY) {
      throw UserError.of(ErrorCode.UNAVAILABLE, addon.name() + " can't be used yet.");
    }
    requireReachable(database);
    return database;
  }

  void requireReachable(Database database) {
    servers
        .absence(database)
        .ifPresent(away -> {
          throw away.problem();
        });
  }
}
