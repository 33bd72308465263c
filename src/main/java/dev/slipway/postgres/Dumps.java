package dev.slipway.postgres;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.postgres.DumpFiles.Dump;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Backups as `pg_restore` reads them: each is restored into a server that is thrown away, and
/// dumped from there. Dumps are kept for a day. Who has a ticket may have one. Thread-safe.
public final class Dumps implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Dumps.class.getName());
  private static final Duration KEPT = Duration.ofDays(1);
  private static final Duration SWEEP_EACH = Duration.ofMinutes(10);
  private static final Duration TICKET = Duration.ofMinutes(10);
  private static final Duration LONGEST = Duration.ofHours(9);
  private static final int AT_A_TIME = 2;

  private final Backups backups;
  private final DumpFiles files;
  private final Secret key;
  private final Clock clock;
  private final Map<UUID, CompletableFuture<Dump>> runs = new ConcurrentHashMap<>();
  private final Semaphore few = new Semaphore(AT_A_TIME);
  private @Nullable Thread sweeper;

  /// @param directory where they are kept
  /// @param key what they are encrypted with, and tickets are signed with
  Dumps(Backups backups, Path directory, Secret key, Clock clock) {
    this.backups = backups;
    this.files = new DumpFiles(directory, key.derive("dumps"));
    this.key = key.derive("tickets for dumps");
    this.clock = clock;
  }

  /// A dump to be read.
  ///
  /// @param name what a file of it is called
  public record Content(String name, long bytes, InputStream stream) {}

  /// Removes what an earlier process left, and from now on what is old.
  void start() {
    files.clear();
    sweeper = Thread.ofVirtual().name("dumps").start(this::sweep);
  }

  @Override
  public void close() {
    if (sweeper != null) {
      sweeper.interrupt();
    }
  }

  private void sweep() {
    try {
      while (true) {
        sweepOnce();
        Thread.sleep(SWEEP_EACH);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void sweepOnce() {
    try {
      files.sweep(clock.instant().minus(KEPT), backups::isKept);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Old dumps are removed later", e);
    }
  }

  /// Has the backup dumped, unless it is already, and waits for that for a while.
  ///
  /// @return whether it is there
  /// @throws UserError when it can't be dumped
  public boolean prepare(Backup backup, Duration patience) {
    try {
      dumped(backup).get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException goesOn) {
      return false;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof UserError known ? known : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private CompletableFuture<Dump> dumped(Backup backup) {
    return files
        .find(backup.id())
        .map(CompletableFuture::completedFuture)
        .orElseGet(() -> runs.computeIfAbsent(backup.id(), _ -> begin(backup)));
  }

  private CompletableFuture<Dump> begin(Backup backup) {
    var run = new CompletableFuture<Dump>();
    Thread.startVirtualThread(() -> {
      try {
        var dump = make(backup);
        runs.remove(backup.id());
        run.complete(dump);
      } catch (Throwable e) {
        runs.remove(backup.id());
        run.completeExceptionally(e);
      }
    });
    return run;
  }

  /// A few at a time: each has a server of its own.
  private Dump make(Backup backup) throws InterruptedException {
    few.acquire();
    try {
      return files.keep(backup.id(), to -> backups.dump(backup, to));
    } catch (IOException | IllegalStateException e) {
      LOG.log(Level.WARNING, "Dumping " + backup.called() + " of " + backup.name() + " failed", e);
      var why = String.valueOf(e.getMessage());
      backups.tell(backup, backup.called() + " of " + backup.name() + " can't be dumped: " + why);
      throw new UserError(
          new Problem(ErrorCode.FAILED, backup.called() + " can't be dumped", why, null), e);
    } finally {
      few.release();
    }
  }

  /// Removes the dump of a backup.
  public void drop(Backup backup) {
    files.drop(backup.id());
  }

  /// What whoever shows it within ten minutes is given this backup's dump for.
  public String ticket(Backup backup) {
    var until = clock.instant().plus(TICKET).getEpochSecond();
    return backup.id() + "." + until + "." + signature(backup.id(), until).reveal();
  }

  private Secret signature(UUID backup, long until) {
    return key.derive(backup + " until " + until);
  }

  /// The dump that the ticket is for, when it is there.
  ///
  /// @throws UserError not_found, where the ticket is none or too old; another one where there is
  ///   no dump
  public Content open(String ticket) throws IOException {
    var backup = backups.kept(backupOf(ticket)).orElseThrow(Dumps::noTicket);
    if (!prepare(backup, LONGEST)) {
      throw UserError.of(ErrorCode.UNAVAILABLE, "The dump takes too long.");
    }
    var dump = files.find(backup.id()).orElseThrow(Dumps::noTicket);
    return new Content(backup.called() + ".dump", dump.bytes(), files.open(dump));
  }

  private UUID backupOf(String ticket) {
    var parts = ticket.split("\\.", -1);
    if (parts.length != 3 || !parts[1].matches("[0-9]{1,12}")) {
      throw noTicket();
    }
    try {
      var backup = UUID.fromString(parts[0]);
      var until = Long.parseLong(parts[1]);
      if (!signature(backup, until).matches(parts[2])
          || clock.instant().isAfter(Instant.ofEpochSecond(until))) {
        throw noTicket();
      }
      return backup;
    } catch (IllegalArgumentException noId) {
      throw noTicket();
    }
  }

  private static UserError noTicket() {
    return new UserError(
        new Problem(
            ErrorCode.NOT_FOUND,
            "There is no backup at this address",
            "it is for ten minutes",
            "heroku pg:backups:url gives another one"));
  }
}
