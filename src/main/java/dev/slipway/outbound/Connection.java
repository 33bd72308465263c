package dev.slipway.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/// A stream of bytes to a target. What the other side sends is read and thrown away: only its end
/// tells something. Writes are of one thread.
public final class Connection implements AutoCloseable {
  private final Socket bare;
  private final Socket socket;
  private volatile boolean ended;

  /// @param bare what `socket` writes to, or the same
  Connection(Socket bare, Socket socket) throws IOException {
    this.bare = bare;
    this.socket = socket;
    var input = socket.getInputStream();
    Thread.ofVirtual().name("connection-end").start(() -> awaitEnd(input));
  }

  /// Whether the other side has closed it, or it broke.
  public boolean ended() {
    return ended;
  }

  /// Writes all of it.
  ///
  /// @throws IOException when it breaks, or nobody takes it for 5 s
  public void write(byte[] bytes) throws IOException {
    // Closing a TLS socket waits for a write that hangs; closing what is below breaks the write.
    try (var _ = new Limit(Outbound.PATIENCE, bare::close)) {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }
  }

  @Override
  public void close() {
    try (var _ = new Limit(Outbound.PATIENCE, bare::close)) {
      socket.close();
    } catch (IOException brokenAnyway) {
      ended = true;
    }
  }

  private void awaitEnd(InputStream input) {
    try {
      input.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException broken) {
      // The end, either way.
    } finally {
      ended = true;
    }
  }
}
