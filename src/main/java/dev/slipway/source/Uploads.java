package dev.slipway.source;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Tarballs that were sent here to be built. Each is known by a random key alone, and is forgotten
/// after an hour, or when control ends. Thread-safe.
public final class Uploads {
  private static final Duration KEPT = Duration.ofHours(1);
  private static final int KEY_BYTES = 24;

  private final Path directory;
  private final long mostBytes;
  private final Clock clock;
  private final Map<String, Instant> reserved = new ConcurrentHashMap<>();

  /// Uploads kept in that directory, which is emptied first.
  ///
  /// @param mostBytes how large one may be
  public Uploads(Path directory, long mostBytes, Clock clock) {
    this.directory = directory;
    this.mostBytes = mostBytes;
    this.clock = clock;
    GitRepositories.deleteTree(directory);
  }

  /// Gives the key of an upload that is still to come.
  public String reserve() {
    forgetOld();
    var key = Secret.random(KEY_BYTES).reveal();
    reserved.put(key, Instant.now(clock));
    return key;
  }

  /// Keeps the content under a key that was reserved, in place of what was there.
  ///
  /// @throws UserError not_found for an unknown key, invalid_params when it is too large
  public void store(String key, InputStream content) {
    requireReserved(key);
    try {
      Files.createDirectories(directory);
      var part = Files.createTempFile(directory, "upload", ".part");
      try {
        copy(content, part);
        Files.move(part, directory.resolve(key), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The file of an upload that has arrived whole.
  public Optional<Path> find(String key) {
    forgetOld();
    return Optional.of(directory.resolve(key))
        .filter(file -> reserved.containsKey(key) && Files.exists(file));
  }

  private void copy(InputStream content, Path file) throws IOException {
    long left = mostBytes;
    var chunk = new byte[64 * 1024];
    try (var out = Files.newOutputStream(file)) {
      for (var read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        left -= read;
        if (left < 0) {
          throw new UserError(
              new Problem(
                  ErrorCode.INVALID_PARAMS,
                  "The source is too large",
                  "a tarball may have " + mostBytes / (1024 * 1024) + " MB",
                  "Leave out what the app does not need to be built"));
        }
        out.write(chunk, 0, read);
      }
    }
  }

  private void requireReserved(String key) {
    forgetOld();
    if (!reserved.containsKey(key)) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that source.");
    }
  }

  private void forgetOld() {
    var oldest = Instant.now(clock).minus(KEPT);
    reserved.forEach((key, since) -> {
      if (since.isBefore(oldest)) {
        reserved.remove(key);
        GitRepositories.deleteTree(directory.resolve(key));
      }
    });
  }
}
