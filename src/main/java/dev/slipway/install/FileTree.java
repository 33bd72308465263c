package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The files below a directory, while others write and remove some.
final class FileTree {
  private FileTree() {}

  /// How many bytes they have together; 0 where there is no such directory.
  static long bytes(Path root) {
    return sizes(root, "").values().stream().mapToLong(Long::longValue).sum();
  }

  /// The files and their sizes; none where there is no such directory.
  ///
  /// @param skipped the name of directories that are not entered
  static Map<Path, Long> sizes(Path root, String skipped) {
    var sizes = new TreeMap<Path, Long>();
    try {
      Files.walkFileTree(root, new Visitor(skipped, sizes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sizes;
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final String skipped;
    private final Map<Path, Long> sizes;

    Visitor(String skipped, Map<Path, Long> sizes) {
      this.skipped = skipped;
      this.sizes = sizes;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return directory.endsWith(skipped) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        sizes.put(file, attributes.size());
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
      return requireGone(why);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException why)
        throws IOException {
      return requireGone(why);
    }

    private static FileVisitResult requireGone(@Nullable IOException why) throws IOException {
      if (why == null || why instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw why;
    }
  }
}
