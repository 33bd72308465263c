package dev.slipway.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Another host's engine at a Unix socket of this one: each connection is passed on to a program
/// that has it, as `docker -H ssh://` does.
final class DockerRelay implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Path socket;
  private final List<String> program;

  private DockerRelay(ServerSocketChannel server, Path socket, List<String> program) {
    this.server = server;
    this.socket = socket;
    this.program = program;
  }

  /// Listens from now on.
  ///
  /// @param socket in a directory of this user's alone
  /// @param program speaks the engine's protocol on its input and output
  static DockerRelay open(Path socket, List<String> program) {
    try {
      Files.deleteIfExists(socket);
      var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      var relay = new DockerRelay(server, socket, program);
      Thread.ofVirtual().name("docker-relay").start(relay::accept);
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
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException closed) {
      // The connection to the host has ended.
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      var process = new ProcessBuilder(program).redirectError(Redirect.DISCARD).start();
      try {
        var in = Channels.newInputStream(client);
        Thread.startVirtualThread(() -> pass(in, process.getOutputStream()));
        process.getInputStream().transferTo(Channels.newOutputStream(client));
      } finally {
        process.destroy();
      }
    } catch (IOException gone) {
      // Either end may go at any time; the other one sees it as the end of the connection.
    }
  }

  private static void pass(InputStream from, OutputStream to) {
    try (to) {
      var bytes = new byte[64 * 1024];
      for (var count = from.read(bytes); count >= 0; count = from.read(bytes)) {
        to.write(bytes, 0, count);
        to.flush();
      }
    } catch (IOException gone) {
      // As above.
    }
  }
}
