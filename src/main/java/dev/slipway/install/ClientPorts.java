package dev.slipway.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/// The loopback ports by which the stock clients reach control.
///
/// @param api the API, plain
/// @param tls the same with TLS, and git
/// @param rendezvous where attached one-off dynos meet their client
record ClientPorts(int api, int tls, int rendezvous) {
  /// Control's own, on its host.
  static final ClientPorts OWN = new ClientPorts(7080, 7443, 7444);

  private static final int APART = 10_000;

  /// Ports of this machine for another host's control: the same as there, so that git remotes mean
  /// the same everywhere, or, where those are taken, others that are always the same too.
  static ClientPorts forTunnel() {
    return OWN.areFree() ? OWN : OWN.plus(APART);
  }

  /// Reads what `write` wrote.
  static ClientPorts read(Path file) {
    try {
      return Files.readString(file).equals(OWN.toString()) ? OWN : OWN.plus(APART);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Keeps them in a file.
  void write(Path file) {
    Home.writePrivate(file, toString());
  }

  private ClientPorts plus(int distance) {
    return new ClientPorts(api + distance, tls + distance, rendezvous + distance);
  }

  private boolean areFree() {
    return IntStream.of(api, tls, rendezvous).allMatch(ClientPorts::isFree);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException _) {
      return false;
    }
  }
}
