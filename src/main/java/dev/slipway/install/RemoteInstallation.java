package dev.slipway.install;

import java.nio.file.Path;
import java.util.List;

/// Slipway on another host, used from here through SSH. Its key is never written down here.
public final class RemoteInstallation implements AutoCloseable {
  private final SshTunnel tunnel;
  private final Home home;
  private final Path tools;

  private RemoteInstallation(SshTunnel tunnel, Home home, Path tools) {
    this.tunnel = tunnel;
    this.home = home;
    this.tools = tools;
  }

  /// Reaches the host.
  ///
  /// @param data a directory of this user's, where what belongs to hosts is kept
  /// @throws dev.slipway.core.UserError when that fails; it says what to try
  public static RemoteInstallation of(RemoteHost host, Path data) {
    var home = new Home(data.resolve("hosts").resolve(host.directory()));
    var tunnel = SshTunnel.open(List.of("ssh"), host, home.directory());
    Home.writePublic(home.tls("ca.crt"), tunnel.authority());
    return new RemoteInstallation(tunnel, home, data.resolve("tools"));
  }

  /// The stock Heroku command, set up for that host.
  public HerokuClient heroku() {
    return new HerokuClient(environment());
  }

  /// What the stock clients must know.
  public ClientEnvironment environment() {
    return new ClientEnvironment(home, tools, tunnel.ports(), tunnel::apiKey);
  }

  @Override
  public void close() {
    tunnel.close();
  }
}
