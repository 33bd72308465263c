package dev.slipway.hosted;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Has one at a time work on a thing, each on its row as the one before left it. Thread-safe.
///
/// @param <R> the row
public final class Turns<R> {
  private final Function<UUID, Optional<R>> rows;
  private final Map<UUID, ReentrantLock> locks = new ConcurrentHashMap<>();

  /// Turns at what these rows are about.
  public Turns(Function<UUID, Optional<R>> rows) {
    this.rows = rows;
  }

  /// Waits for its turn.
  ///
  /// @return nothing where the row is gone
  public <T> Optional<T> take(UUID id, Function<R, T> work) {
    var lock = lock(id);
    lock.lock();
    try {
      return rows.apply(id).map(work);
    } finally {
      lock.unlock();
    }
  }

  /// Works only where nobody else does.
  ///
  /// @return nothing where somebody does, or the row is gone
  public <T> Optional<T> tryTake(UUID id, Function<R, T> work) {
    var lock = lock(id);
    if (!lock.tryLock()) {
      return Optional.empty();
    }
    try {
      return rows.apply(id).map(work);
    } finally {
      lock.unlock();
    }
  }

  private ReentrantLock lock(UUID id) {
    return locks.computeIfAbsent(id, _ -> new ReentrantLock());
  }
}
