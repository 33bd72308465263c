package dev.slipway.oneoff;

import dev.slipway.engine.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client that came for the input and output of a command. Thread-safe.
abstract sealed class Client implements AutoCloseable permits RendezvousClient, SshClient {
  /// Surely less than one TLS record or one packet of SSH carries: what is written at once arrives
  /// in one piece.
  private static final int PIECE = 8 * 1024;

  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private final OutputStream output;
  private final @Nullable TerminalSize terminal;
  private final CountDownLatch gone = new CountDownLatch(1);

  /// @param output what is written there the client sees, once it is flushed
  /// @param terminal the window that the client has, or null where it is a pipe
  Client(OutputStream output, @Nullable TerminalSize terminal) {
    this.output = output;
    this.terminal = terminal;
  }

  /// The window that it came with, or null where it is a pipe.
  final @Nullable TerminalSize terminal() {
    return terminal;
  }

  final boolean isGone() {
    return gone.getCount() == 0;
  }

  /// It is no longer there.
  final void leave() {
    gone.countDown();
  }

  /// Gives what the client sends to a process, until the thread is interrupted. A process that
  /// wants no more gets no more.
  abstract void feed(OutputStream process);

  /// Gives each new size of the client's window to a process, until the thread is interrupted.
  abstract void fit(Consumer<TerminalSize> process);

  /// Gives the client what a process writes, to its end. Waits for a client that does not read, and
  /// reads on for one that is gone.
  ///
  /// The stock client makes a terminal's line ends those of a file, each piece for itself: so no
  /// line end is cut in two.
  final void show(InputStream process) {
    var buffer = new byte[PIECE];
    var kept = 0;
    try {
      for (var count = process.read(buffer, 0, PIECE);
          count >= 0;
          count = process.read(buffer, kept, PIECE - kept)) {
        var length = kept + count;
        kept = terminal != null && buffer[length - 1] == '\r' ? 1 : 0;
        show(buffer, length - kept);
        buffer[0] = kept > 0 ? (byte) '\r' : 0;
      }
      show(buffer, kept);
    } catch (IOException engineIsGone) {
      // Nothing is left to be shown.
    }
  }

  /// Tells the client in a line of our own why there is nothing more to see.
  final void say(String line) {
    var text = (" !     " + line + "\r\n").getBytes(StandardCharsets.UTF_8);
    show(text, text.length);
  }

  /// Tells the client the command's status, in a piece of its own.
  void tellStatus(int status) throws InterruptedException {
    var line = ExitMarker.line(status);
    show(line, line.length);
  }

  private void show(byte[] bytes, int count) {
    try {
      output.write(bytes, 0, count);
      output.flush();
    } catch (IOException clientIsGone) {
      leave();
    }
  }

  /// Ends the connection so that all that was written arrives: the client closes its half first.
  ///
  /// @param status the command's, where it had one
  abstract void end(OptionalInt status) throws InterruptedException;

  /// Waits a little until it is gone.
  final void awaitGone() throws InterruptedException {
    gone.await(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Closes at once, also under a write that waits.
  @Override
  public abstract void close();
}
