package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The mirror that this host takes its own packages from.
final class DebianMirror {
  private static final Pattern LINE =
      Pattern.compile("^(?:URIs:|deb(?:\\s+\\[[^]]*])?)\\s+(https?://\\S*/debian)/?(?:\\s.*)?$");

  private DebianMirror() {}

  /// Its address, where apt on this host knows one.
  static Optional<URI> ofThisHost() {
    return sources().flatMap(file -> lines(file).stream()).flatMap(DebianMirror::in).findFirst();
  }

  /// The address in a line of apt's sources, of either format, if there is one.
  static Stream<URI> in(String line) {
    return Stream.of(line)
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .map(it -> URI.create(it.group(1)));
  }

  private static Stream<Path> sources() {
    var list = Stream.of(Path.of("/etc/apt/sources.list")).filter(Files::exists);
    var directory = Path.of("/etc/apt/sources.list.d");
    if (!Files.isDirectory(directory)) {
      return list;
    }
    try (var files = Files.list(directory)) {
      return Stream.concat(list, files.sorted().toList().stream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
