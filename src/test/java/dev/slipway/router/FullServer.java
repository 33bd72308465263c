package dev.slipway.router;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/// A server whose queue of connections is full: the kernel answers no further connect, neither with
/// yes nor with no. An address that nobody has is no such thing, since the kernel refuses it after
/// three seconds of asking around.
final class FullServer implements AutoCloseable {
  private static final int MANY = 100;
  private static final int LIMIT = 300;

  private final ServerSocket server = new ServerSocket(0, 1);
  private final List<Socket> waiting = new ArrayList<>();

  FullServer() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    for (var i = 0; i < MANY; i++) {
      var socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(address, LIMIT);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
    throw new IllegalStateException("the queue is never full");
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (var socket : waiting) {
      socket.close();
    }
    server.close();
  }
}
