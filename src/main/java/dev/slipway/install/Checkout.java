package dev.slipway.install;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Where Slipway itself lies on this machine: its jar, its libraries and what the system images are
/// made from.
///
/// @param directory the root of the source tree
public record Checkout(Path directory) {
  /// The one that this code was started from.
  public static Checkout ofThisCode() {
    try {
      var code =
          Path.of(Checkout.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return new Checkout(Objects.requireNonNull(code.resolve("../..").normalize()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  Path jar() {
    return directory.resolve("target/slipway.jar");
  }

  Path libraries() {
    return directory.resolve("target/lib");
  }

  Path image(String name) {
    return directory.resolve("images").resolve(name);
  }

  boolean hasImage(String name) {
    return Files.exists(image(name).resolve("Dockerfile"))
        || (name.equals("agent") && hasImage("control"));
  }

  Path sample(String name) {
    return directory.resolve("samples").resolve(name);
  }

  /// The command for test hosts.
  Path testHosts() {
    return directory.resolve("bin/hosts");
  }

  Path command() {
    return directory.resolve("slipway");
  }
}
