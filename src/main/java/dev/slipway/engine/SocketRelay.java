package dev.slipway.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Another host's engine at a Unix socket of this one: each connection to the socket gets one to
/// that engine. Thread-safe.
public final class SocketRelay implements AutoCloseable {
  /// Who connects when so many wait already is refused at once, and does not wait.
  private static final int MOST_WAITING = 1024;

  private final ServerSocketChannel server;
  private final Path socket;
  private final Dialer dialer;

  /// Connects to the other host's engine.
  @FunctionalInterface
  public interface Dialer {
    /// A connection of its own.
    Duplex dial() throws IOException;
  }

  private SocketRelay(ServerSocketChannel server, Path socket, Dialer dialer) {
    this.server = server;
    this.socket = socket;
    this.dialer = dialer;
  }

  /// Listens from now on.
  ///
  /// @param socket in a directory of this user's alone
  public static SocketRelay open(Path socket, Dialer dialer) {
    try {
      Files.deleteIfExists(socket);
      var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket), MOST_WAITING);
      var relay = new SocketRelay(server, socket, dialer);
      Thread.ofVirtual().name("socket-relay").start(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
  }

  private void accept() {
    try {
      while (server.isOpen()) {
        var client = server.accept();
        Thread.ofVirtual().name("socket-relay-client").start(() -> serve(client));
      }
    } catch (IOException closed) {
      // The way to the other host has ended.
    }
  }

  private void serve(SocketChannel client) {
    try (var asker = Duplex.of(client)) {
      Duplex.join(asker, dialer.dial());
    } catch (IOException unreachable) {
      // Whoever asked sees the end of the connection.
    }
  }
}
