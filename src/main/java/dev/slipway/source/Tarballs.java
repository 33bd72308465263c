package dev.slipway.source;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Unpacks source code that came as a tarball. Thread-safe.
public final class Tarballs {
  /// What the files of a source may have together.
  public static final long MOST_BYTES = 2L * 1024 * 1024 * 1024;

  private static final int EXECUTABLE = 0100;

  private Tarballs() {}

  /// Unpacks a tar stream, compressed by gzip or not. Where all entries lie below one directory, as
  /// in GitHub's archives, that directory is left out.
  ///
  /// @param directory where to; made if it is not there
  /// @throws UserError when it is no tarball, is too large, or has names or links that lead outside
  public static void unpack(InputStream tarball, Path directory) {
    unpack(tarball, directory, MOST_BYTES);
  }

  static void unpack(InputStream tarball, Path directory, long mostBytes) {
    try {
      var tree = new SafeTree(directory, mostBytes);
      try (var tar = new TarArchiveInputStream(plain(tarball), "UTF-8")) {
        var found = false;
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
          add(tree, entry, tar);
          found = true;
        }
        if (!found) {
          throw notATarball("it has no entries");
        }
      }
      tree.finish();
      liftSingleDirectory(directory);
    } catch (IOException | IllegalArgumentException e) {
      throw notATarball("it is not a whole tar archive, plain or compressed by gzip");
    }
  }

  private static void add(SafeTree tree, TarArchiveEntry entry, InputStream content)
      throws IOException {
    var name = entry.getName();
    if (entry.isGlobalPaxHeader() || entry.isPaxHeader()) {
      return;
    }
    if (entry.isSymbolicLink()) {
      tree.link(name, entry.getLinkName());
    } else if (entry.isLink()) {
      tree.hardLink(name, entry.getLinkName());
    } else if (entry.isDirectory()) {
      tree.directory(name);
    } else if (entry.isFile()
        && !entry.isFIFO()
        && !entry.isBlockDevice()
        && !entry.isCharacterDevice()) {
      tree.file(name, (entry.getMode() & EXECUTABLE) != 0, content);
    } else {
      throw notATarball("'" + name + "' is a device or a pipe, not a file");
    }
  }

  private static InputStream plain(InputStream tarball) throws IOException {
    var buffered = new BufferedInputStream(keptOpen(tarball));
    buffered.mark(2);
    var gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
    buffered.reset();
    return gzip ? new GZIPInputStream(buffered) : buffered;
  }

  /// The stream is its sender's to close: more may be read from it.
  private static InputStream keptOpen(InputStream stream) {
    return new FilterInputStream(stream) {
      @Override
      public void close() {}
    };
  }

  private static void liftSingleDirectory(Path directory) throws IOException {
    Path only;
    try (var entries = Files.list(directory)) {
      var top = entries.limit(2).toList();
      if (top.size() != 1 || !Files.isDirectory(top.getFirst()) || isLink(top.getFirst())) {
        return;
      }
      only = top.getFirst();
    }
    var aside = directory.resolveSibling(directory.getFileName() + ".lifted");
    Files.move(only, aside);
    Files.delete(directory);
    Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean isLink(Path path) {
    return Files.isSymbolicLink(path);
  }

  private static UserError notATarball(String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "The source can't be unpacked",
            why,
            "Make it by: git archive --format=tar.gz HEAD > source.tgz"));
  }
}
