package dev.slipway.oneoff;

import dev.slipway.engine.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.apache.sshd.server.ExitCallback;
import org.jspecify.annotations.Nullable;

/// A client whose connection carries SSH: it has a shell channel, and tells the sizes of its
/// window. That it goes is noticed by whoever reads the connection.
final class SshClient extends Client {
  private static final int PIECE = 8 * 1024;

  /// What SSH's own client ends with where there is no status.
  private static final int NO_STATUS = 255;

  /// The stock client reads what its `ssh` writes, and takes what it gets at once for a piece.
  private static final Duration PAUSE = Duration.ofMillis(50);

  /// The channel's streams.
  ///
  /// @param exit ends the channel with a status
  record Streams(InputStream input, OutputStream output, ExitCallback exit) {}

  private final Streams streams;

  /// Only the newest size matters.
  private final BlockingQueue<TerminalSize> size = new ArrayBlockingQueue<>(1);

  private boolean statusTold;

  /// @param terminal the window that the client has, or null where it asked for no terminal
  SshClient(Streams streams, @Nullable TerminalSize terminal) {
    super(streams.output(), terminal);
    this.streams = streams;
  }

  /// Its window has another size. To be called by one thread.
  void resized(TerminalSize now) {
    size.clear();
    size.add(now);
  }

  @Override
  void feed(OutputStream process) {
    var piece = new byte[PIECE];
    var input = streams.input();
    try {
      for (var count = input.read(piece); count >= 0; count = input.read(piece)) {
        process.write(piece, 0, count);
        process.flush();
      }
      // Input that broke off must not look like input that is complete.
      if (!isGone()) {
        process.close();
      }
    } catch (IOException closed) {
      // Either side wants no more.
    }
  }

  @Override
  void fit(Consumer<TerminalSize> process) {
    try {
      while (true) {
        process.accept(size.take());
      }
    } catch (InterruptedException processEnded) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  void tellStatus(int status) throws InterruptedException {
    Thread.sleep(PAUSE);
    super.tellStatus(status);
    statusTold = true;
  }

  /// The stock client ends its `ssh` when it has seen the status. Did `ssh` end before that, the
  /// status might be looked for no more.
  @Override
  void end(OptionalInt status) throws InterruptedException {
    if (statusTold) {
      awaitGone();
    }
    streams.exit().onExit(status.orElse(NO_STATUS));
    awaitGone();
  }

  /// The connection is closed by the offer.
  @Override
  public void close() {
    leave();
  }
}
