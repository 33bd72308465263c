package dev.slipway.build;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipway.build.ImagePlan.Recipe;
import dev.slipway.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// All that the builder is sent for one build, in the form that `builder-build` reads: secrets
/// first, then the source and what to make of it. Nothing of it is an argument of a command, which
/// others could read.
///
/// @param source the app's files
/// @param plan what to build
/// @param secretFile what the builds read as the secret `slipway_config`
/// @param engineSettings the settings file of the engine's client, with the server's credentials
/// @param tags the name that each of the plan's images is pushed by
record BuildInput(
    Path source,
    BuildPlan plan,
    Secret secretFile,
    Secret engineSettings,
    UnaryOperator<String> tags) {
  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;
  private static final int BUFFER = 1 << 18;

  /// Starts to write it, and gives what to read it from. A source that can't be read ends it early,
  /// which the builder notices.
  InputStream stream() {
    try {
      var input = new PipedInputStream(BUFFER);
      var output = new PipedOutputStream(input);
      Thread.ofVirtual().name("build-input").start(() -> write(output));
      return input;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(OutputStream output) {
    try (output) {
      header(output, secretFile);
      header(output, engineSettings);
      try (var tar = new TarArchiveOutputStream(output, "UTF-8")) {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        images(tar);
        source(tar);
      }
    } catch (IOException e) {
      // The reader sees an archive that ends too early, and says so.
      System.getLogger("dev.slipway.build").log(System.Logger.Level.WARNING, "input ended", e);
    }
  }

  private static void header(OutputStream output, Secret content) throws IOException {
    output.write(Base64.getEncoder().encode(content.reveal().getBytes(UTF_8)));
    output.write("\n".getBytes(US_ASCII));
  }

  private void images(TarArchiveOutputStream tar) throws IOException {
    for (var image : plan.images()) {
      var folder = "images/" + image.name() + "/";
      file(tar, folder + "tag", tags.apply(image.name()));
      var target = image.target();
      if (target != null) {
        file(tar, folder + "target", target);
      }
      file(tar, folder + "arguments", arguments(image.arguments()));
      switch (image.recipe()) {
        case Recipe.Written written -> {
          file(tar, folder + "context", written.context());
          file(tar, folder + "dockerfile", written.dockerfile());
        }
        case Recipe.Generated generated -> {
          file(tar, folder + "context", ".");
          file(tar, folder + "Dockerfile", generated.dockerfile());
          file(tar, folder + "Dockerfile.dockerignore", generated.ignored());
          var node = generated.node();
          if (node != null) {
            file(tar, folder + "node", node.wanted());
          }
        }
      }
    }
  }

  private static String arguments(Map<String, String> arguments) {
    var text = new StringBuilder();
    arguments.forEach((name, value) -> text.append(name).append('=').append(value).append('\0'));
    return text.toString();
  }

  private void source(TarArchiveOutputStream tar) throws IOException {
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            entry(tar, new TarArchiveEntry(name(folder) + "/"), EXECUTABLE);
            tar.closeArchiveEntry();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isSymbolicLink()) {
              link(tar, file);
            } else if (attributes.isRegularFile()) {
              regular(tar, file, attributes.size());
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void regular(TarArchiveOutputStream tar, Path file, long size) throws IOException {
    var entry = new TarArchiveEntry(name(file));
    entry.setSize(size);
    entry(tar, entry, Files.isExecutable(file) ? EXECUTABLE : PLAIN);
    Files.copy(file, tar);
    tar.closeArchiveEntry();
  }

  private void link(TarArchiveOutputStream tar, Path link) throws IOException {
    var entry = new TarArchiveEntry(name(link), TarConstants.LF_SYMLINK);
    entry.setLinkName(Files.readSymbolicLink(link).toString());
    entry(tar, entry, EXECUTABLE);
    tar.closeArchiveEntry();
  }

  private static void file(TarArchiveOutputStream tar, String name, String text)
      throws IOException {
    var bytes = text.getBytes(UTF_8);
    var entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    entry(tar, entry, PLAIN);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  /// BuildKit takes a file over from the build before when its size and time are the same, so each
  /// build has a time of its own, to the nanosecond. What its cache goes by is the content alone.
  private static void entry(TarArchiveOutputStream tar, TarArchiveEntry entry, int mode)
      throws IOException {
    entry.setMode(mode);
    entry.setLastModifiedTime(FileTime.from(Instant.now()));
    tar.putArchiveEntry(entry);
  }

  private String name(Path path) {
    var inside = source.relativize(path).toString();
    return inside.isEmpty() ? "source" : "source/" + inside;
  }
}
