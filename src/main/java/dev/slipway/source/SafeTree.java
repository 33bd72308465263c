package dev.slipway.source;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes files that someone else named below one directory, and nothing outside it. Links are made
/// last, so that no file can be written through one, and each must lead to a place within. Used by
/// one thread.
final class SafeTree {
  /// More entries than this are no source code.
  static final int MOST_ENTRIES = 300_000;

  private static final int MOST_LINKS_IN_A_ROW = 40;
  private static final int CHUNK = 64 * 1024;

  private final Path root;
  private final long mostBytes;
  private final Map<Path, String> links = new LinkedHashMap<>();
  private long bytes;
  private int entries;

  /// A tree in that directory, which is made if it is not there.
  ///
  /// @param mostBytes how many bytes all files together may have
  SafeTree(Path directory, long mostBytes) throws IOException {
    Files.createDirectories(directory);
    this.root = directory.toRealPath();
    this.mostBytes = mostBytes;
  }

  void directory(String name) throws IOException {
    var path = place(name);
    refuseLinkOrFileAbove(path);
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw unsafe(name, "is both a file and a directory");
    }
    Files.createDirectories(path);
  }

  void file(String name, boolean executable, InputStream content) throws IOException {
    var path = freshPlace(name);
    try (var out = Files.newOutputStream(path)) {
      copy(content, out);
    }
    setExecutable(path, executable);
  }

  /// A second name for a file that was written before.
  void hardLink(String name, String existing) throws IOException {
    var from = place(existing);
    if (!Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS)) {
      throw unsafe(name, "is a hard link to something that is not in the tree");
    }
    var path = freshPlace(name);
    if (!path.equals(from)) {
      Files.createLink(path, from);
    }
  }

  void link(String name, String target) throws IOException {
    links.put(place(name), target);
    count(name);
  }

  /// Makes the links, and checks where each leads.
  ///
  /// @throws UserError when one leads outside
  void finish() throws IOException {
    for (var link : links.entrySet()) {
      makeLink(link.getKey(), link.getValue());
    }
    for (var link : links.keySet()) {
      requireInside(link);
    }
  }

  private void makeLink(Path path, String target) throws IOException {
    refuseLinkOrFileAbove(path);
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw unsafe(name(path), "is both a link and a directory");
    }
    Files.createDirectories(parent(path));
    Files.deleteIfExists(path);
    try {
      Files.createSymbolicLink(path, Path.of(target));
    } catch (InvalidPathException e) {
      throw unsafe(name(path), "is a link to an impossible name");
    }
  }

  private void requireInside(Path link) throws IOException {
    var end = follow(parent(link).toRealPath(), List.of(link.getFileName()), 0);
    if (end == null) {
      throw unsafe(name(link), "is a link that leaves the source tree");
    }
  }

  /// Where the names lead from a real directory, as the kernel would walk them; null for outside.
  private @Nullable Path follow(Path from, Iterable<Path> names, int depth) throws IOException {
    var at = from;
    for (var name : names) {
      var next = name.toString().equals("..") ? parent(at) : at.resolve(name).normalize();
      if (Files.isSymbolicLink(next)) {
        var target = Files.readSymbolicLink(next);
        if (target.isAbsolute() || depth >= MOST_LINKS_IN_A_ROW) {
          return null;
        }
        var end = follow(at, target, depth + 1);
        if (end == null) {
          return null;
        }
        next = end;
      }
      if (!next.startsWith(root)) {
        return null;
      }
      at = next;
    }
    return at;
  }

  private Path freshPlace(String name) throws IOException {
    count(name);
    var path = place(name);
    refuseLinkOrFileAbove(path);
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw unsafe(name, "is both a file and a directory");
    }
    Files.createDirectories(parent(path));
    Files.deleteIfExists(path);
    return path;
  }

  private Path place(String name) {
    try {
      var path = Path.of(name);
      for (var part : path) {
        if (part.toString().equals("..")) {
          throw unsafe(name, "leaves the source tree");
        }
      }
      var place = root.resolve(path).normalize();
      if (path.isAbsolute() || !place.startsWith(root)) {
        throw unsafe(name, "leaves the source tree");
      }
      return place;
    } catch (InvalidPathException e) {
      throw unsafe(name.replace('\0', '?'), "is no file name");
    }
  }

  private void refuseLinkOrFileAbove(Path path) {
    for (var at = parent(path); at.startsWith(root) && !at.equals(root); at = parent(at)) {
      if (Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS) || Files.isSymbolicLink(at)) {
        throw unsafe(name(at), "is both a file or link and a directory");
      }
    }
  }

  private void copy(InputStream in, OutputStream out) throws IOException {
    var chunk = new byte[CHUNK];
    for (var read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      bytes += read;
      if (bytes > mostBytes) {
        throw new UserError(
            new Problem(
                ErrorCode.INVALID_PARAMS,
                "The source is too large",
                "unpacked it has more than " + mostBytes / (1024 * 1024) + " MB",
                "Leave out what the app does not need to be built"));
      }
      out.write(chunk, 0, read);
    }
  }

  private void count(String name) {
    if (++entries > MOST_ENTRIES) {
      throw unsafe(name, "is one of more than " + MOST_ENTRIES + " files");
    }
  }

  private static void setExecutable(Path path, boolean executable) throws IOException {
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private String name(Path path) {
    return root.relativize(path).toString();
  }

  private static Path parent(Path path) {
    var parent = path.getParent();
    return parent == null ? path : parent;
  }

  private static UserError unsafe(String name, String why) {
    var shown = name.length() > 200 ? name.substring(0, 200) + "…" : name;
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "The source can't be unpacked",
            "'" + shown + "' " + why,
            "Take it out and send the source again"));
  }
}
