package dev.slipway.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.logging.Logger;

/// Lets one process at a time work on a directory of control. The kernel gives it back when the
/// process dies.
final class HomeLock implements AutoCloseable {
  private static final String FILE = "control.lock";
  private static final Logger LOG = Logger.getLogger(HomeLock.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Waits until nobody else works on it.
  static HomeLock await(Path home) throws InterruptedException {
    var lock = open(home);
    if (lock.isTaken()) {
      return lock;
    }
    LOG.info("another process works on " + home + "; waiting until it has ended");
    while (!lock.isTaken()) {
      Thread.sleep(PAUSE);
    }
    return lock;
  }

  private static HomeLock open(Path home) {
    try {
      return new HomeLock(
          FileChannel.open(
              home.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isTaken() {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException ownProcessHasIt) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
