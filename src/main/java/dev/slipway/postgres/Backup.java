package dev.slipway.postgres;

import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A backup of a database, or the restoring of one. What it holds lies in the database's
/// repository.
///
/// @param number counts within the app
/// @param database what it is a backup of, or what was restored into
/// @param name the database's add-on's
/// @param scheduled whether nobody asked for it
/// @param label its name in the repository; empty where it has none
/// @param sourceBytes how large the database was
/// @param storedBytes what it takes in the repository
/// @param problem why it failed; empty for nothing
/// @param drill the last one of it, or null
public record Backup(
    UUID id,
    AppId app,
    int number,
    UUID database,
    String name,
    Kind kind,
    boolean scheduled,
    State state,
    String label,
    long sourceBytes,
    long storedBytes,
    String problem,
    Instant createdAt,
    @Nullable Instant finishedAt,
    @Nullable Drill drill) {
  /// Which way the data goes.
  public enum Kind {
    /// Out of the database.
    CAPTURE,
    /// Into it.
    RESTORE
  }

  /// How far it is.
  public enum State {
    /// It is worked on.
    RUNNING,
    /// It is whole.
    SUCCEEDED,
    /// Nothing came of it.
    FAILED,
    /// It was called off.
    CANCELED
  }

  /// Its name, as the stock client has it.
  public String called() {
    var letter = kind == Kind.RESTORE ? "r" : scheduled ? "a" : "b";
    return letter + "%03d".formatted(number);
  }

  /// Whether there is something to restore.
  public boolean isWhole() {
    return kind == Kind.CAPTURE && state == State.SUCCEEDED;
  }

  Backup numbered(int its) {
    return new Backup(
        id,
        app,
        its,
        database,
        name,
        kind,
        scheduled,
        state,
        label,
        sourceBytes,
        storedBytes,
        problem,
        createdAt,
        finishedAt,
        drill);
  }

  Backup stored(BackupServers.Stored as, Instant now) {
    return new Backup(
        id,
        app,
        number,
        database,
        name,
        kind,
        scheduled,
        State.SUCCEEDED,
        as.label(),
        as.sourceBytes(),
        as.storedBytes(),
        "",
        createdAt,
        now,
        drill);
  }

  Backup ended(State how, String why, Instant now) {
    return new Backup(
        id,
        app,
        number,
        database,
        name,
        kind,
        scheduled,
        how,
        label,
        sourceBytes,
        storedBytes,
        why,
        createdAt,
        now,
        drill);
  }

  Backup drilled(Drill last) {
    return new Backup(
        id,
        app,
        number,
        database,
        name,
        kind,
        scheduled,
        state,
        label,
        sourceBytes,
        storedBytes,
        problem,
        createdAt,
        finishedAt,
        last);
  }
}
