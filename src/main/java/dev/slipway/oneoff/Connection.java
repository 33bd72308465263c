package dev.slipway.oneoff;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A client's TLS connection.
///
/// @param socket what lies below the secure one: closed at once, also under a write that waits
record Connection(Socket socket, SSLSocket secure) implements Closeable {
  private static final Logger LOG = Logger.getLogger(Connection.class.getName());

  /// The server's end of a connection that was just accepted.
  ///
  /// @param patience for how many milliseconds a client may say nothing
  static Connection accepted(Socket socket, SSLContext tls, int patience) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    socket.setSoTimeout(patience);
    var secure =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
    secure.setUseClientMode(false);
    return new Connection(socket, secure);
  }

  /// From now on the client may say nothing for as long as it likes.
  void allowSilence() throws IOException {
    socket.setSoTimeout(0);
  }

  @Override
  public void close() {
    close(socket);
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.FINE, "A connection could not be closed", e);
    }
  }
}
