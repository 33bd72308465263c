package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.Set;

/// What `up` made on this host that was not there before, so that `down --purge` removes that and
/// nothing else.
final class Ledger {
  /// The things that an installation may have made or may have found.
  enum Entry {
    /// The engine's packages; they stay.
    PACKAGES,
    /// The running engine, started by hand.
    ENGINE,
    /// The Swarm.
    SWARM,
    /// The base image.
    BASE_IMAGE
  }

  private final Home home;

  Ledger(Home home) {
    this.home = home;
  }

  boolean has(Entry entry) {
    return entries().contains(entry.name());
  }

  void add(Entry entry) {
    var entries = entries();
    if (entries.add(entry.name())) {
      Home.writePrivate(file(), String.join("\n", entries) + "\n");
    }
  }

  private Set<String> entries() {
    try {
      return Files.exists(file())
          ? new LinkedHashSet<>(Files.readAllLines(file()))
          : new LinkedHashSet<>();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private java.nio.file.Path file() {
    return home.directory().resolve("made-by-up");
  }
}
