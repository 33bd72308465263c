package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What must be known to go on with a host's change of address that was broken off.
///
/// @param node the host's
/// @param from its former address
/// @param to the new one
/// @param helper the name of the host that is a manager while this one is none, or null
/// @param temporary whether the helper is a manager for this alone
record ReaddressNote(
    String node, String from, String to, @Nullable String helper, boolean temporary) {
  private static final String NAME = "readdress";

  /// The one that there is of the node and that address.
  ///
  /// @param hosts the directory of what is kept of other hosts
  static Optional<ReaddressNote> read(Path hosts, String node, String to) {
    try {
      var file = hosts.resolve(NAME);
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      var words = Files.readString(file).strip().split(" ", -1);
      var note =
          new ReaddressNote(
              words[0],
              words[1],
              words[2],
              words[3].equals("-") ? null : words[3],
              Boolean.parseBoolean(words[4]));
      return Optional.of(note).filter(it -> it.node.equals(node) && it.to.equals(to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A change that has just begun.
  static ReaddressNote of(String node, String from, String to) {
    return new ReaddressNote(node, from, to, null, false);
  }

  /// The same with that helper.
  ReaddressNote with(String helper, boolean temporary) {
    return new ReaddressNote(node, from, to, helper, temporary);
  }

  /// Whether nobody knows the host by another address.
  boolean changesNothing() {
    return from.equals(to);
  }

  ReaddressNote write(Path hosts) {
    var words =
        String.join(" ", node, from, to, helper == null ? "-" : helper, "" + temporary) + "\n";
    Home.writePrivate(hosts.resolve(NAME), words);
    return this;
  }

  static void delete(Path hosts) {
    try {
      Files.deleteIfExists(hosts.resolve(NAME));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
