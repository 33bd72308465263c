package dev.slipway.drains;

import dev.slipway.outbound.Outbound;
import java.io.IOException;

/// How a drain is reached. Belongs to one thread.
sealed interface Link extends AutoCloseable permits HttpLink, SyslogLink {
  /// The link that the drain's URL asks for.
  ///
  /// @param position the sequence of the last line that the drain has
  static Link to(Drain drain, Outbound outbound, long position) {
    return drain.target().scheme().startsWith("http")
        ? new HttpLink(drain, outbound, position)
        : new SyslogLink(drain, outbound, position);
  }

  /// An empty frame in the link's format.
  Frame frame();

  /// Sends the frame.
  ///
  /// @param until the sequence of its last line
  /// @throws IOException when it, or one before it, may not have arrived
  void send(Frame frame, long until) throws IOException;

  /// Finds out in a quiet moment whether something sent earlier did not arrive.
  void check() throws IOException;

  /// The sequence up to which every line has arrived.
  long confirmed();

  /// Goes on from there: lines up to it are given up, or were never the drain's.
  void skipTo(long sequence);

  @Override
  void close();
}
