package dev.slipway.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// An app's files, as detection looks at them. Follows no link out of the source.
record Sources(Path root) {
  private static final long LONGEST = 16L << 20;

  /// Whether there is a regular file of that name.
  boolean has(String name) {
    return find(name).isPresent();
  }

  /// The text of a file, if there is one.
  ///
  /// @throws UserError when it is too long to be what its name says
  Optional<String> read(String name) {
    return find(name).map(path -> text(name, path));
  }

  private Optional<Path> find(String name) {
    var path = root.resolve(name).normalize();
    if (!path.startsWith(root) || !Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try {
      return path.toRealPath().startsWith(root.toRealPath()) ? Optional.of(path) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Whether the file is there itself and not through links.
  boolean hasWithoutLinks(String name) {
    var path = root;
    for (var part : Path.of(name).normalize()) {
      path = path.resolve(part);
      if (Files.isSymbolicLink(path)) {
        return false;
      }
    }
    return path.startsWith(root) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static String text(String name, Path path) {
    try {
      if (Files.size(path) > LONGEST) {
        throw new UserError(
            Problem.of(ErrorCode.FAILED, name + " is longer than 16 MB, which can't be right."));
      }
      return new String(Files.readAllBytes(path), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
