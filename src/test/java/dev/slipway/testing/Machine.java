package dev.slipway.testing;

import dev.slipway.core.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The machine that `./slipway up` made, on which integration tests run.
public final class Machine {
  /// The host engine's socket.
  public static final Path DOCKER_SOCKET = Path.of("/var/run/docker.sock");

  private static final Path HOME = Path.of("/var/lib/slipway");

  private Machine() {}

  /// A secret that the installation made.
  public static Secret secret(String name) {
    try {
      return new Secret(Files.readString(HOME.resolve("secrets").resolve(name)).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("no machine is up: run ./slipway up first", e);
    }
  }
}
