package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What is remembered of a machine from before it is asked for until it is ended, so that a command
/// that was killed goes on with the same machine.
///
/// @param host what it is called
/// @param token the provider gives the same machine for the same one
/// @param image from which it was first asked for
/// @param id the provider's; empty while nobody has heard it
record MachineNotes(
    String host, String provider, String region, String token, String image, String id) {
  private static final String FILE = "notes";

  /// What is a name of a machine can't lead out of the directory.
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

  /// Those of a machine that nobody has asked for yet.
  static MachineNotes fresh(String host, String provider, String region, String image) {
    return new MachineNotes(host, provider, region, UUID.randomUUID().toString(), image, "");
  }

  MachineNotes withId(String heard) {
    return new MachineNotes(host, provider, region, token, image, heard);
  }

  /// Where all that is kept of the machine lies.
  ///
  /// @param hosts the directory of what is kept of other hosts
  static Path directory(Path hosts, String host) {
    return hosts.resolve("machines").resolve(host);
  }

  static Optional<MachineNotes> read(Path hosts, String host) {
    var file = directory(hosts, host).resolve(FILE);
    if (!NAME.matcher(host).matches() || !Files.exists(file)) {
      return Optional.empty();
    }
    var values = new HashMap<String, String>();
    try {
      Files.readAllLines(file)
          .forEach(line ->
              values.put(
                  line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.of(
        new MachineNotes(
            host,
            values.getOrDefault("provider", ""),
            values.getOrDefault("region", ""),
            values.getOrDefault("token", ""),
            values.getOrDefault("image", ""),
            values.getOrDefault("id", "")));
  }

  void write(Path hosts) {
    Home.writePrivate(
        directory(hosts, host).resolve(FILE),
        "provider=%s\nregion=%s\ntoken=%s\nimage=%s\nid=%s\n"
            .formatted(provider, region, token, image, id));
  }

  /// Forgets everything of the machine.
  static void forget(Path hosts, String host) {
    var directory = directory(hosts, host);
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
