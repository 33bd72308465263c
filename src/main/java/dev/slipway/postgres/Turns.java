package dev.slipway.postgres;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Has one at a time work on a database, each on its row as the one before left it. Thread-safe.
final class Turns {
  private final DatabaseStore rows;
  private final Map<UUID, ReentrantLock> locks = new ConcurrentHashMap<>();

  Turns(DatabaseStore rows) {
    this.rows = rows;
  }

  /// Waits for its turn.
  ///
  /// @return nothing where the database is gone
  <T> Optional<T> take(UUID id, Function<Database, T> work) {
    var lock = lock(id);
    lock.lock();
    try {
      return rows.find(id).map(work);
    } finally {
      lock.unlock();
    }
  }

  /// Works only where nobody else does.
  ///
  /// @return nothing where somebody does, or the database is gone
  <T> Optional<T> tryTake(UUID id, Function<Database, T> work) {
    var lock = lock(id);
    if (!lock.tryLock()) {
      return Optional.empty();
    }
    try {
      return rows.find(id).map(work);
    } finally {
      lock.unlock();
    }
  }

  private ReentrantLock lock(UUID id) {
    return locks.computeIfAbsent(id, _ -> new ReentrantLock());
  }
}
