package dev.slipway.takeover;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.SharedObjects;
import dev.slipway.engine.SharedObjects.SharedObject;
import dev.slipway.store.Changes;
import dev.slipway.store.Journal;
import dev.slipway.store.Replay;
import dev.slipway.store.Vault;
import dev.slipway.takeover.SealedObjects.Sealed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The journal of control's database among the objects that every manager has: an entry per
/// transaction, and a base now and then, a whole database, so that the entries before it may go.
///
/// Names are unique and numbers have no gap, so the journal is its own fence: of two who append the
/// same number one succeeds, and the other one is behind and must not go on. Whoever takes over
/// appends an empty entry first; from then on nobody who held the term before can append.
///
/// Thread-safe.
public final class StateJournal implements Journal {
  private static final String ENTRY = "slipway-state-";
  private static final String BASE = "slipway-base-";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int MANY_ENTRIES = 200;
  private static final long MANY_BYTES = 4_000_000;

  private static final Logger LOG = Logger.getLogger(StateJournal.class.getName());

  private final SharedObjects objects;
  private final SealedObjects sealed;
  private final Consumer<String> onBehind;
  private final AtomicBoolean compacting = new AtomicBoolean();
  private volatile Consumer<Path> copier = _ -> {};
  private volatile Path copy = Path.of("base.db");
  private int entriesSinceBase;
  private long bytesSinceBase;

  /// @param onBehind is told when somebody else has written what this process does not know: it
  ///   must end
  public StateJournal(SharedObjects objects, Vault vault, Consumer<String> onBehind) {
    this.objects = objects;
    this.sealed = new SealedObjects(objects, vault);
    this.onBehind = onBehind;
  }

  /// Whether there is anything to take over.
  public boolean exists() {
    return newestBase().isPresent();
  }

  /// Removes everything, for an installation that has one manager again.
  public static void erase(SharedObjects objects) {
    for (var prefix : List.of(BASE, ENTRY, SealedObjects.PART, Term.NAME, Standby.TRIAL)) {
      objects.named(prefix).forEach(objects::remove);
    }
  }

  @Override
  public void append(long sequence, Changes changes) {
    var entry = sealed.seal(entry(sequence), sequence, changes.encoded());
    if (!created(entry)) {
      onBehind.accept("somebody else wrote entry " + sequence);
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Nothing was changed",
              "another manager's control has taken over, or this one is about to catch up",
              "Try again in a few seconds."));
    }
    count(entry);
  }

  /// A try without an answer may have succeeded; the same one again finds that out.
  private boolean created(Sealed object) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return sealed.create(object);
      } catch (RuntimeException e) {
        if (System.nanoTime() > end) {
          throw noQuorum(e);
        }
        pause();
      }
    }
  }

  private static UserError noQuorum(RuntimeException cause) {
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            "The managers have no quorum: nothing was changed",
            "what changes is kept by a majority of the managers, and they do not answer",
            "`./slipway hosts` shows which are down. Apps serve on."),
        cause);
  }

  private synchronized void count(Sealed entry) {
    entriesSinceBase++;
    bytesSinceBase += entry.size();
    if (entriesSinceBase > MANY_ENTRIES || bytesSinceBase > MANY_BYTES) {
      entriesSinceBase = 0;
      bytesSinceBase = 0;
      Thread.ofVirtual().name("journal-compaction").start(this::compactQuietly);
    }
  }

  /// Lets the journal make a new base from time to time.
  ///
  /// @param copier writes the database as it is into a file
  /// @param copy such a file, which is removed again
  public void compactFrom(Consumer<Path> copier, Path copy) {
    this.copier = copier;
    this.copy = copy;
  }

  private void compactQuietly() {
    if (compacting.compareAndSet(false, true)) {
      try {
        compact();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "the journal stays as long as it is", e);
      } finally {
        compacting.set(false);
      }
    }
  }

  /// Makes a base of the database as it is now, and removes what it makes needless.
  public void compact() {
    try {
      delete(copy);
      copier.accept(copy);
      keepBase(copy);
    } finally {
      delete(copy);
    }
  }

  /// Makes a base of a database that nobody writes, and removes what it makes needless.
  void keepBase(Path database) {
    var position = position(database);
    created(sealed.seal(base(position), position, bytes(database)));
    removeBefore(position);
  }

  /// Bases go before their parts, so that a base that is there is whole.
  private void removeBefore(long position) {
    objects.named(BASE).stream()
        .filter(old -> number(old, BASE) < position)
        .forEach(objects::remove);
    objects.named(SealedObjects.PART).stream()
        .filter(old -> number(old, SealedObjects.PART) < position)
        .forEach(objects::remove);
    objects.named(ENTRY).stream()
        .filter(old -> number(old, ENTRY) <= position)
        .forEach(objects::remove);
  }

  /// Makes the file hold all that the journal does, and ends what others could still append.
  /// Whatever the file held before is given up, unless there is no journal yet: then it begins with
  /// the file.
  ///
  /// @return how many entries came after the base
  public long takeOver(Path file) {
    if (!exists()) {
      try (var begun = Replay.of(file)) {
        // Gives a file that never had a journal its place in it.
        LOG.info("the journal begins at " + begun.position());
      }
      keepBase(file);
    }
    var fresh = file.resolveSibling("taking.db");
    while (true) {
      delete(fresh);
      var base = newestBase().orElseThrow();
      var content = sealed.read(base(base), base);
      if (content.isPresent()) {
        write(fresh, content.get());
        var end = replay(fresh);
        if (newestBase().orElseThrow() == base) {
          delete(file);
          move(fresh, file);
          return end - base;
        }
      }
    }
  }

  /// Ends with an empty entry of its own. An entry that is missing may have been removed by a
  /// compaction, which has made a newer base before: whoever calls looks for one.
  private long replay(Path database) {
    try (var replay = Replay.of(database)) {
      while (true) {
        var next = replay.position() + 1;
        var entry = sealed.read(entry(next), next);
        if (entry.isPresent()) {
          replay.apply(next, Changes.decoded(entry.get()));
        } else {
          var none = new Changes(List.of());
          if (created(sealed.seal(entry(next), next, none.encoded()))) {
            replay.apply(next, none);
            return next;
          }
        }
      }
    }
  }

  private OptionalLong newestBase() {
    return objects.named(BASE).stream().mapToLong(found -> number(found, BASE)).max();
  }

  private static long position(Path database) {
    try (var replay = Replay.of(database)) {
      return replay.position();
    }
  }

  private static String entry(long sequence) {
    return ENTRY + "%012d".formatted(sequence);
  }

  private static String base(long sequence) {
    return BASE + "%012d".formatted(sequence);
  }

  private static long number(SharedObject object, String prefix) {
    return Long.parseLong(object.name().substring(prefix.length(), prefix.length() + 12));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// With what SQLite keeps beside it.
  private static void delete(Path database) {
    try {
      for (var end : List.of("", "-wal", "-shm", "-journal")) {
        Files.deleteIfExists(database.resolveSibling(database.getFileName() + end));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the journal was written", e);
    }
  }
}
