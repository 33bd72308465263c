package dev.slipway.observe;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What a dyno that runs once wrote, from its first line on, in a file of its own: an app's log
/// keeps only the last lines of all its dynos together. Guarded by itself.
public final class DynoOutput implements AutoCloseable {
  private static final long MOST_CHARACTERS = 10L * 1024 * 1024;

  private final BufferedWriter file;
  private long left = MOST_CHARACTERS;

  private DynoOutput(BufferedWriter file) {
    this.file = file;
  }

  /// Begins the file, in place of what was there.
  static DynoOutput begin(Path path) {
    try {
      return new DynoOutput(
          Files.newBufferedWriter(
              path,
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Adds a line; whoever reads the file sees it at once. Beyond 10 million characters, no more is
  /// kept.
  public synchronized void line(String text) {
    if (left <= 0) {
      return;
    }
    left -= text.length() + 1;
    write(left > 0 ? text : "[the rest is left out]");
  }

  private void write(String text) {
    try {
      file.write(text);
      file.write('\n');
      file.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      left = 0;
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
