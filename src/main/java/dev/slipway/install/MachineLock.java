package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Lets one process at a time change this machine's installation. The kernel gives it back when the
/// process dies. It lies outside of what a purge removes.
final class MachineLock implements AutoCloseable {
  private final FileChannel channel;

  private MachineLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Takes the lock of this machine.
  static MachineLock take() {
    return take(Path.of("/run/slipway.lock"));
  }

  /// Takes the lock that the file stands for.
  ///
  /// @throws UserError conflict, when another process has it
  static MachineLock take(Path file) {
    try {
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw new UserError(
            new Problem(
                ErrorCode.CONFLICT,
                "Another `slipway` changes this machine right now",
                null,
                "Run this again when it has ended."));
      }
      return new MachineLock(channel);
    } catch (java.nio.file.AccessDeniedException e) {
      throw new UserError(
          new Problem(
              ErrorCode.FORBIDDEN,
              "This must run as root",
              "it changes what the machine runs",
              "Put sudo in front of it."),
          e);
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
