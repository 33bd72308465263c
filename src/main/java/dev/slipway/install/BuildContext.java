package dev.slipway.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// The files that an image is built from, under the names that its Dockerfile knows them by.
final class BuildContext {
  private static final int PLAIN = 0100644;
  private static final int EXECUTABLE = 0100755;
  private static final int HASH_LENGTH = 16;

  private final Map<String, Path> files = new TreeMap<>();

  /// Adds all files below the directory, under a prefix that is empty or ends with `/`.
  BuildContext addDirectory(String prefix, Path directory) {
    try (Stream<Path> walk = Files.walk(directory)) {
      walk.filter(Files::isRegularFile)
          .forEach(file -> files.put(prefix + directory.relativize(file), file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  BuildContext addFile(String name, Path file) {
    files.put(name, file);
    return this;
  }

  /// Changes when a name, a content or the right to execute changes.
  String hash() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var entry : files.entrySet()) {
        var kind = Files.isExecutable(entry.getValue()) ? "x" : "-";
        digest.update((entry.getKey() + "\n" + kind + "\n").getBytes(StandardCharsets.UTF_8));
        try (InputStream in =
            new DigestInputStream(Files.newInputStream(entry.getValue()), digest)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_LENGTH);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Writes the tar archive that the engine wants. Times are left out, so that the same files give
  /// the same archive.
  void writeTo(OutputStream out) throws IOException {
    try (var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (var file : files.entrySet()) {
        var entry = new TarArchiveEntry(file.getKey());
        entry.setSize(Files.size(file.getValue()));
        entry.setModTime(0);
        entry.setMode(Files.isExecutable(file.getValue()) ? EXECUTABLE : PLAIN);
        tar.putArchiveEntry(entry);
        Files.copy(file.getValue(), tar);
        tar.closeArchiveEntry();
      }
    }
  }
}
