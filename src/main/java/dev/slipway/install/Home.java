package dev.slipway.install;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Where an installation keeps its state on this host: by default `/var/lib/slipway`.
///
/// @param directory its root, readable by root alone
record Home(Path directory) {
  static final Path DEFAULT = Path.of("/var/lib/slipway");
  static final Path LOGS = Path.of("/var/log/slipway");

  Path secret(String name) {
    return directory.resolve("secrets").resolve(name);
  }

  Path tls(String name) {
    return directory.resolve("tls").resolve(name);
  }

  Path router(String name) {
    return directory.resolve("router").resolve(name);
  }

  Path agent(String name) {
    return directory.resolve("agent").resolve(name);
  }

  Path registry(String name) {
    return directory.resolve("registry").resolve(name);
  }

  Path tools() {
    return directory.resolve("tools");
  }

  Path controlSettings() {
    return directory.resolve("control.env");
  }

  /// Is there while several managers keep control's state.
  Path journal() {
    return directory.resolve("managers");
  }

  boolean isJournalled() {
    return Files.exists(journal());
  }

  /// Writes a file as a whole or not at all, for the owner's eyes only.
  static void writePrivate(Path file, String content) {
    write(file, content, "rw-------");
  }

  /// Writes a file as a whole or not at all, for everybody's eyes.
  static void writePublic(Path file, String content) {
    write(file, content, "rw-r--r--");
  }

  /// Lets everybody who reaches the directory look into it, such as a container that mounts it; the
  /// directories above keep this host's other users out.
  static void open(Path directory) {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes the directory and those above it; those that are new are for the owner alone.
  static void makePrivate(Path directory) {
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String content, String permissions) {
    var attribute =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    var fresh = file.resolveSibling(file.getFileName() + ".new");
    makePrivate(requireNonNull(file.getParent()));
    try {
      Files.deleteIfExists(fresh);
      Files.createFile(fresh, attribute);
      Files.write(fresh, content.getBytes(StandardCharsets.UTF_8));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
