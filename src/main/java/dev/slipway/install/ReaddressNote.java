package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What must be known to go on with a host's change of address that was broken off.
///
/// @param node the host's; empty where its engine could not tell
/// @param from its former address
/// @param to the new one
/// @param helper the name of the host that is a manager while this one is none, or null
/// @param temporary whether the helper is a manager for this alone
record ReaddressNote(
    String node, String from, String to, @Nullable String helper, boolean temporary) {
  private static final String NAME = "readdress";
  private static final String NONE = "-";

  /// The one that there is.
  ///
  /// @param hosts the directory of what is kept of other hosts
  static Optional<ReaddressNote> read(Path hosts) {
    try {
      var file = hosts.resolve(NAME);
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      var words = Files.readString(file).strip().split(" ", -1);
      return Optional.of(
          new ReaddressNote(
              words[0].equals(NONE) ? "" : words[0],
              words[1],
              words[2],
              words[3].equals(NONE) ? null : words[3],
              Boolean.parseBoolean(words[4])));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A change that has just begun.
  static ReaddressNote of(String node, String from, String to) {
    return new ReaddressNote(node, from, to, null, false);
  }

  /// The same with that helper.
  ReaddressNote with(@Nullable String helper, boolean temporary) {
    return new ReaddressNote(node, from, to, helper, temporary);
  }

  /// The same of a host whose engine tells its node by now.
  ReaddressNote told(String known) {
    return node.isEmpty() ? new ReaddressNote(known, from, to, helper, temporary) : this;
  }

  /// Whether it may be of that node. An engine whose Swarm is in error does not tell its own.
  boolean isOf(String other) {
    return node.isEmpty() || other.isEmpty() || node.equals(other);
  }

  /// Whether nobody knows the host by another address.
  boolean changesNothing() {
    return from.equals(to);
  }

  ReaddressNote write(Path hosts) {
    var words =
        String.join(" ", word(node), from, to, helper == null ? NONE : helper, "" + temporary)
            + "\n";
    Home.writePrivate(hosts.resolve(NAME), words);
    return this;
  }

  private static String word(String text) {
    return text.isEmpty() ? NONE : text;
  }

  static void delete(Path hosts) {
    try {
      Files.deleteIfExists(hosts.resolve(NAME));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
