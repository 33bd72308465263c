package dev.slipway.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/// A build's log: each line goes to its file and to whoever watches. A watcher that went away does
/// not stop the build. Thread-safe.
final class BuildLogFile implements AutoCloseable {
  private final Writer file;
  private final Consumer<String> watcher;
  private boolean watched = true;

  private BuildLogFile(Writer file, Consumer<String> watcher) {
    this.file = file;
    this.watcher = watcher;
  }

  static BuildLogFile open(Path path, Consumer<String> watcher) {
    try {
      return new BuildLogFile(
          Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
          watcher);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized void line(String line) {
    try {
      file.write(line + "\n");
      file.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (watched) {
      try {
        watcher.accept(line);
      } catch (RuntimeException gone) {
        watched = false;
      }
    }
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
