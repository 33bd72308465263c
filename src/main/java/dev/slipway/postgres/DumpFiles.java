package dev.slipway.postgres;

import dev.slipway.core.Secret;
import dev.slipway.store.StreamVault;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/// The files of dumps, encrypted, in a directory that root alone enters. A file's name tells the
/// backup and how long the dump in it is. Thread-safe.
final class DumpFiles {
  /// What is left free for all else that is on the disk.
  static final long RESERVE = 1L << 30;

  private static final String UNFINISHED = ".new";

  private final Path directory;
  private final StreamVault vault;

  DumpFiles(Path directory, Secret key) {
    this.directory = directory;
    this.vault = new StreamVault(key);
  }

  /// A dump that is whole.
  ///
  /// @param bytes how long it is when it is decrypted
  record Dump(UUID backup, Path file, long bytes) {
    private static Dump of(Path file) {
      var parts = file.getFileName().toString().split("\\.", 2);
      return new Dump(UUID.fromString(parts[0]), file, Long.parseLong(parts[1]));
    }
  }

  /// Writes a dump.
  @FunctionalInterface
  interface Writer {
    void write(OutputStream to) throws IOException;
  }

  /// The backup's, if there is one.
  Optional<Dump> find(UUID backup) {
    return list().stream().filter(each -> each.backup().equals(backup)).findFirst();
  }

  /// Keeps what the writer writes, as a whole or not at all.
  Dump keep(UUID backup, Writer writer) throws IOException {
    requireRoom();
    var fresh = directory.resolve(backup + UNFINISHED);
    try {
      long bytes;
      try (var sealed = vault.sealing(create(fresh), backup.toString());
          var measured = new Measured(sealed)) {
        writer.write(measured);
        bytes = measured.written;
      }
      var whole = directory.resolve(backup + "." + bytes);
      Files.move(fresh, whole, StandardCopyOption.ATOMIC_MOVE);
      return new Dump(backup, whole, bytes);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static OutputStream create(Path file) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.newOutputStream(file);
  }

  /// The dump, decrypted.
  InputStream open(Dump dump) throws IOException {
    return vault.unsealing(Files.newInputStream(dump.file()), dump.backup().toString());
  }

  /// Makes the directory, and removes what was broken off.
  void clear() {
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      for (var file : files()) {
        if (file.toString().endsWith(UNFINISHED)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes those that were made before that time, and those that nobody wants. Who reads one
  /// meanwhile reads it to its end.
  void sweep(Instant before, Predicate<UUID> wanted) {
    for (var each : list()) {
      if (madeAt(each).isBefore(before) || !wanted.test(each.backup())) {
        delete(each);
      }
    }
  }

  /// Removes the backup's.
  void drop(UUID backup) {
    find(backup).ifPresent(DumpFiles::delete);
  }

  private static Instant madeAt(Dump dump) {
    try {
      return Files.getLastModifiedTime(dump.file()).toInstant();
    } catch (IOException gone) {
      return Instant.EPOCH;
    }
  }

  private static void delete(Dump dump) {
    try {
      Files.deleteIfExists(dump.file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Dump> list() {
    return files().stream()
        .filter(file -> !file.toString().endsWith(UNFINISHED))
        .map(Dump::of)
        .toList();
  }

  private List<Path> files() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireRoom() throws IOException {
    if (Files.getFileStore(directory).getUsableSpace() < RESERVE) {
      throw new IOException("the disk of control's host has less than 1 GB left");
    }
  }

  /// Counts, and gives up where the disk would be full.
  private final class Measured extends FilterOutputStream {
    private static final long LOOK_EACH = 16L << 20;

    private long written;
    private long look = LOOK_EACH;

    Measured(OutputStream to) {
      super(to);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      written += length;
      if (written > look) {
        requireRoom();
        look = written + LOOK_EACH;
      }
    }
  }
}
