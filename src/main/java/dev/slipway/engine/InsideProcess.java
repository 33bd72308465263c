package dev.slipway.engine;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;

/// A process that was started inside a dyno, and its streams. Whoever reads none of its output
/// stops it: nothing is kept beyond a few buffers.
public interface InsideProcess extends AutoCloseable {
  /// What the process reads; closing it is the end of its input, but for a terminal, which has an
  /// end-of-input character of its own.
  OutputStream input();

  /// What the process writes, of both its streams, from the first byte on. Ends with the process.
  InputStream output();

  /// Gives its terminal another size; nothing happens where it has none.
  void resize(TerminalSize size);

  /// Waits until the process has ended.
  ///
  /// @return its status, or nothing where its dyno is gone
  OptionalInt awaitExit() throws InterruptedException;

  /// Ends the process and what it started as a terminal does that is closed, with SIGHUP, and a few
  /// seconds later with SIGKILL. Returns at once.
  void hangUp();

  /// Lets go of the streams; the process may go on.
  @Override
  void close();
}
