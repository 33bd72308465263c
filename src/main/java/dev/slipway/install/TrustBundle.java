package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file of certificates that a client is told to trust: the local authority's, and those it was
/// told to trust before. Clients take one file only, so that naming ours would drop the others,
/// such as a company's proxy's.
final class TrustBundle {
  private final Path authority;
  private final Path bundle;

  /// A bundle of the authority's certificate, kept in a file where it holds more than that.
  TrustBundle(Path authority, Path bundle) {
    this.authority = authority;
    this.bundle = bundle;
  }

  /// The file to name to the client.
  ///
  /// @param before the file that it is told to trust now, if any
  Path with(@Nullable String before) {
    if (before == null || before.isEmpty() || !Files.isReadable(Path.of(before))) {
      return authority;
    }
    var earlier = Path.of(before);
    if (isOurs(earlier)) {
      return earlier;
    }
    try {
      Files.writeString(
          bundle, Files.readString(earlier).stripTrailing() + "\n" + Files.readString(authority));
      return bundle;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isOurs(Path file) {
    return file.equals(authority) || file.equals(bundle);
  }
}
