package dev.slipway.safekeeping;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.objects.StoreSettings;
import dev.slipway.store.StoreFile;
import dev.slipway.store.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Puts a copy into the place of an installation that there is not yet. Broken off, it begins anew.
public final class Restoration {
  private final Path home;

  /// @param home where control will keep everything
  public Restoration(Path home) {
    this.home = home;
  }

  /// Restores a copy. The database comes last: with it there is an installation.
  ///
  /// @throws UserError where there is an installation already, or the copy can't be read; nothing
  ///   was changed then
  public Contents restore(Path copy, Secret key) {
    requireNone();
    var fresh = home.resolve("restoring");
    try {
      Files.createDirectories(home, privately());
      Copies.deleteTree(fresh);
      Files.createDirectories(fresh, privately());
      try (var from = Files.newInputStream(copy)) {
        var contents = checked(new CopyFormat(key).read(from, fresh), fresh);
        moveIn(fresh);
        return contents;
      } finally {
        Copies.deleteTree(fresh);
      }
    } catch (java.nio.file.NoSuchFileException e) {
      throw new UserError(
          new Problem(ErrorCode.NOT_FOUND, "There is no file " + e.getFile(), null, null), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Restores the newest copy of a store.
  ///
  /// @throws UserError as above, and where the store has none or can't be used
  public Contents restoreNewest(StoreSettings store, Secret key) {
    requireNone();
    var shelf = new Shelf.Bucket(store);
    var name = shelf.names().stream().findFirst().orElseThrow(Copies::none);
    var file = home.resolve("restoring" + Shelf.ENDING);
    try {
      Files.createDirectories(home, privately());
      shelf.get(name, file);
      try {
        return restore(file, key);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireNone() {
    if (Files.exists(home.resolve(StateFiles.DATABASE))) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "Nothing was restored",
              "there is an installation on this machine already, in " + home,
              "`./slipway down --purge` removes it, with all its apps and their data; or restore on"
                  + " another machine."));
    }
  }

  private void moveIn(Path fresh) throws IOException {
    List<Path> tops;
    try (var files = Files.list(fresh)) {
      tops =
          files
              .sorted((one, other) -> Boolean.compare(isDatabase(one), isDatabase(other)))
              .toList();
    }
    for (var top : tops) {
      var place = home.resolve(top.getFileName());
      Copies.deleteTree(place);
      Files.move(top, place, StandardCopyOption.ATOMIC_MOVE);
    }
    openRegistry();
  }

  /// The image server reads its files as another user.
  private void openRegistry() throws IOException {
    var registry = home.resolve("registry");
    if (Files.exists(registry)) {
      Files.setPosixFilePermissions(registry, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private static boolean isDatabase(Path file) {
    return file.getFileName().toString().startsWith(StateFiles.DATABASE);
  }

  /// Looks at what was unpacked.
  ///
  /// @throws IllegalStateException where it is not all that a control needs
  static Contents checked(Contents contents, Path unpacked) throws IOException {
    var database = new StoreFile(unpacked.resolve(StateFiles.DATABASE));
    if (!Files.exists(database.path())) {
      throw new IllegalStateException("the copy has no database");
    }
    var damage = database.damage();
    if (!damage.isEmpty()) {
      throw new IllegalStateException("the copy's database is damaged: " + damage.getFirst());
    }
    if (!database.rows().equals(contents.rows())) {
      throw new IllegalStateException("the copy's database has other rows than when it was made");
    }
    requireKeyset(unpacked.resolve("secrets").resolve("keyset.json"));
    removeLeftovers(unpacked);
    return contents;
  }

  /// Without it, nothing sealed in the database can be read.
  private static void requireKeyset(Path keyset) {
    if (!Files.exists(keyset)) {
      throw new IllegalStateException("the copy has no keyset");
    }
    Vault.open(keyset);
  }

  private static void removeLeftovers(Path unpacked) throws IOException {
    for (var end : List.of("-wal", "-shm")) {
      Files.deleteIfExists(unpacked.resolve(StateFiles.DATABASE + end));
    }
  }

  private static java.nio.file.attribute.FileAttribute<?> privately() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }
}
