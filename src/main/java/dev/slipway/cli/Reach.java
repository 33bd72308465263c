package dev.slipway.cli;

import dev.slipway.install.ClientEnvironment;
import dev.slipway.install.HerokuClient;
import dev.slipway.install.Installation;
import dev.slipway.install.RemoteHost;
import dev.slipway.install.RemoteInstallation;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Which installation a command means: this machine's, or another host's by SSH.
sealed interface Reach {
  /// This machine's own.
  record Here() implements Reach {}

  /// Another host's, named by `--host`.
  record There(RemoteHost host) implements Reach {}

  /// The stock clients, set up for the installation.
  record Clients(ClientEnvironment environment, HerokuClient heroku) {}

  /// What `--host` says, and this machine without it.
  static Reach of(@Nullable SlipwayCommand root) {
    var host = root == null ? null : root.host();
    return host == null ? new Here() : new There(RemoteHost.of(host));
  }

  /// Does the work with the installation's clients; the way to it is open until the work is done.
  default int with(ToIntFunction<Clients> work) {
    return switch (this) {
      case Here() -> {
        try (var here = Installation.ofThisMachine()) {
          yield work.applyAsInt(new Clients(here.environment(), here.heroku()));
        }
      }
      case There(var host) -> {
        try (var there = RemoteInstallation.of(host, dataDirectory())) {
          yield work.applyAsInt(new Clients(there.environment(), there.heroku()));
        }
      }
    };
  }

  /// Where this user's programs keep their files, by the XDG base directory specification.
  private static Path dataDirectory() {
    return Optional.ofNullable(System.getenv("XDG_DATA_HOME"))
        .filter(each -> !each.isEmpty())
        .map(Path::of)
        .orElse(Path.of(System.getProperty("user.home"), ".local", "share"))
        .resolve("slipway");
  }
}
