package dev.slipway.hosted;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Has one at a time work on a thing, each on its row as the one before left it. Thread-safe.
///
/// @param <R> the row
public final class Turns<R> {
  private final Function<UUID, Optional<R>> find;
  private final Consumer<R> update;
  private final Map<UUID, ReentrantLock> locks = new ConcurrentHashMap<>();

  /// Turns at what the rows are about that are found and written so.
  public Turns(Function<UUID, Optional<R>> find, Consumer<R> update) {
    this.find = find;
    this.update = update;
  }

  /// Waits for its turn.
  ///
  /// @return nothing where the row is gone
  public <T> Optional<T> take(UUID id, Function<R, T> work) {
    var lock = lock(id);
    lock.lock();
    try {
      return find.apply(id).map(work);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for its turn, and writes the row down as it shall be.
  ///
  /// @return the new row; nothing where it is gone
  public Optional<R> change(UUID id, UnaryOperator<R> change) {
    return take(id, changing(change));
  }

  /// The same, where the row is such a one when its turn comes.
  public Optional<R> changeIf(UUID id, Predicate<R> such, UnaryOperator<R> change) {
    return take(id, row -> Optional.of(row).filter(such).map(changing(change)))
        .flatMap(Function.identity());
  }

  /// The same, only where nobody else works on it.
  ///
  /// @return nothing where somebody does, or the row is gone
  public Optional<R> tryChange(UUID id, UnaryOperator<R> change) {
    return tryTake(id, changing(change));
  }

  private Function<R, R> changing(UnaryOperator<R> change) {
    return row -> {
      var changed = change.apply(row);
      update.accept(changed);
      return changed;
    };
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
      return find.apply(id).map(work);
    } finally {
      lock.unlock();
    }
  }

  private ReentrantLock lock(UUID id) {
    return locks.computeIfAbsent(id, _ -> new ReentrantLock());
  }
}
