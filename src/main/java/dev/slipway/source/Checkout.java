package dev.slipway.source;

import java.nio.file.Path;

/// A commit that was pushed, ready to be written to disk.
public interface Checkout {
  /// Writes the commit's files into the directory: contents, executable bits and links, without the
  /// history.
  ///
  /// @throws dev.slipway.core.UserError when a name or a link leads outside the directory
  SourceTree into(Path directory);
}
