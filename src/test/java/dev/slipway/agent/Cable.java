package dev.slipway.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// The network between two sides, as it is when a cable is drawn: nothing gets through, and nobody
/// is told.
final class Cable implements AutoCloseable {
  private final ServerSocket server;
  private final int to;
  private volatile boolean drawn;

  Cable(int to) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.to = to;
    Thread.startVirtualThread(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  void draw() {
    drawn = true;
  }

  void plugIn() {
    drawn = false;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    try {
      while (true) {
        var near = server.accept();
        var far = new Socket(InetAddress.getLoopbackAddress(), to);
        Thread.startVirtualThread(() -> pass(near, far));
        Thread.startVirtualThread(() -> pass(far, near));
      }
    } catch (IOException closed) {
      // The test is over, or the far side is away; whoever came sees nothing.
    }
  }

  private void pass(Socket from, Socket to) {
    try (from;
        to) {
      copy(from.getInputStream(), to.getOutputStream());
    } catch (IOException gone) {
      // As with any network.
    }
  }

  private void copy(InputStream input, OutputStream output) throws IOException {
    var bytes = new byte[8192];
    for (var count = input.read(bytes); count >= 0; count = input.read(bytes)) {
      if (!drawn) {
        output.write(bytes, 0, count);
      }
    }
    while (drawn) {
      sleep();
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
