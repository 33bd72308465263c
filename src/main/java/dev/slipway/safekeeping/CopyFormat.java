package dev.slipway.safekeeping;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.store.StreamVault;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A copy as a file: a line that says what it is, and then a tar archive, compressed and encrypted.
/// Its first entry says what the others are; the database comes last.
final class CopyFormat {
  private static final String FIRST_LINE = "slipway state 1\n";
  private static final String OWNER = "control's state";
  private static final String CONTENTS = "contents.json";
  private static final int BUFFER = 64 * 1024;

  /// In the order of a mode's bits, the highest first.
  private static final List<PosixFilePermission> BITS =
      List.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private final StreamVault vault;

  CopyFormat(Secret key) {
    this.vault = new StreamVault(key);
  }

  /// Writes a copy.
  ///
  /// @param files relative to the home. One that is gone meanwhile is left out
  /// @param database a copy of the database that nobody writes
  void write(Path home, List<Path> files, Path database, Contents contents, OutputStream to)
      throws IOException {
    to.write(FIRST_LINE.getBytes(US_ASCII));
    try (var tar =
        new TarArchiveOutputStream(
            new GZIPOutputStream(
                new BufferedOutputStream(vault.sealing(to, OWNER), BUFFER), BUFFER),
            "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      var described = new TarArchiveEntry(CONTENTS);
      var bytes = contents.written();
      described.setSize(bytes.length);
      tar.putArchiveEntry(described);
      tar.write(bytes);
      tar.closeArchiveEntry();
      for (var file : files) {
        add(tar, home.resolve(file), file.toString());
      }
      add(tar, database, StateFiles.DATABASE);
    }
  }

  /// Files are replaced here, and not written into: what is open stays as it is.
  private static void add(TarArchiveOutputStream tar, Path file, String name) throws IOException {
    try (var content = Files.newInputStream(file)) {
      var entry = new TarArchiveEntry(name);
      entry.setSize(Files.size(file));
      entry.setMode(mode(file));
      tar.putArchiveEntry(entry);
      content.transferTo(tar);
      tar.closeArchiveEntry();
    } catch (NoSuchFileException gone) {
      // A pack that was made of others replaced them.
    }
  }

  /// Unpacks a copy into a directory of the owner's alone.
  ///
  /// @return what it says that it holds
  /// @throws UserError where it is none, or the key is another one's, or it is not whole
  Contents read(InputStream from, Path directory) {
    try {
      if (!Arrays.equals(from.readNBytes(FIRST_LINE.length()), FIRST_LINE.getBytes(US_ASCII))) {
        throw refused("it is no copy of control's state");
      }
      var plain =
          new GZIPInputStream(
              new BufferedInputStream(vault.unsealing(from, OWNER), BUFFER), BUFFER);
      try (var tar = new TarArchiveInputStream(plain, "UTF-8")) {
        var contents = unpack(tar, directory);
        // What is cut off there is found only where it is read.
        plain.transferTo(OutputStream.nullOutputStream());
        return contents;
      }
    } catch (IOException e) {
      throw new UserError(
          refused("the key does not fit, or it is not whole (" + e.getMessage() + ")").problem(),
          e);
    }
  }

  private static Contents unpack(TarArchiveInputStream tar, Path directory) throws IOException {
    var first = tar.getNextEntry();
    if (first == null || !first.getName().equals(CONTENTS)) {
      throw refused("it does not say what it holds");
    }
    var contents = Contents.read(tar.readAllBytes());
    for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      unpack(tar, entry, directory);
    }
    return contents;
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory)
      throws IOException {
    var file = directory.resolve(entry.getName()).normalize();
    if (!file.startsWith(directory) || !entry.isFile()) {
      throw refused("it holds what no copy holds: " + entry.getName());
    }
    Files.createDirectories(requireNonNull(file.getParent()), permissions(0700));
    Files.createFile(file, permissions(0600));
    try (var to = Files.newOutputStream(file)) {
      tar.transferTo(to);
    }
    Files.setPosixFilePermissions(file, set(entry.getMode()));
  }

  private static int mode(Path file) throws IOException {
    var permissions = Files.getPosixFilePermissions(file);
    var mode = 0;
    for (var each : BITS) {
      mode = mode << 1 | (permissions.contains(each) ? 1 : 0);
    }
    return mode;
  }

  private static Set<PosixFilePermission> set(int mode) {
    var permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (var i = 0; i < BITS.size(); i++) {
      if ((mode >> (BITS.size() - 1 - i) & 1) == 1) {
        permissions.add(BITS.get(i));
      }
    }
    return permissions;
  }

  private static FileAttribute<Set<PosixFilePermission>> permissions(int mode) {
    return PosixFilePermissions.asFileAttribute(set(mode));
  }

  private static UserError refused(String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "The copy can't be read",
            why,
            "./slipway backup list shows those that there are; the key is what ./slipway backup key"
                + " showed"));
  }
}
