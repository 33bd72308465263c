package dev.slipway.postgres;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Knows which databases take no changes because their disk is nearly full, and tells of each once.
/// Thread-safe.
final class DiskWatch {
  private static final Logger LOG = Logger.getLogger(DiskWatch.class.getName());

  private final DatabaseServers servers;
  private final Map<UUID, DiskRoom> low = new ConcurrentHashMap<>();

  DiskWatch(DatabaseServers servers) {
    this.servers = servers;
  }

  /// Looks once.
  ///
  /// @param news told when it becomes low, and when it is no more
  void look(Database database, Consumer<DiskRoom> news) {
    try {
      var room = servers.room(database);
      var before = room.low() ? low.put(room.id(), room) : low.remove(room.id());
      if (room.low() != (before != null)) {
        news.accept(room);
      }
    } catch (RuntimeException e) {
      LOG.log(Level.FINE, "The room of " + database.name() + " is looked at later", e);
    }
  }

  /// The room of the database, if it is low.
  Optional<DiskRoom> low(Database database) {
    return Optional.ofNullable(low.get(database.id()));
  }

  void forget(Database database) {
    low.remove(database.id());
  }
}
