package dev.slipway.install;

import java.nio.file.Path;

/// Slipway on another host, used from here through SSH. Its key lies in a file of this user's own
/// while the tunnel is open.
public final class RemoteInstallation implements AutoCloseable {
  private final SshTunnel tunnel;
  private final Home home;

  private RemoteInstallation(SshTunnel tunnel, Home home) {
    this.tunnel = tunnel;
    this.home = home;
  }

  /// Reaches the host.
  ///
  /// @param data a directory of this user's, where what belongs to hosts is kept
  /// @throws dev.slipway.core.UserError when that fails; it says what to try
  public static RemoteInstallation of(RemoteHost host, Path data) {
    var home = new Home(data.resolve(host.name()));
    var tunnel = SshTunnel.open(host);
    Home.writePrivate(home.secret(Secrets.API_KEY), tunnel.apiKey().reveal());
    Home.writePublic(home.tls("ca.crt"), tunnel.authority());
    return new RemoteInstallation(tunnel, home);
  }

  /// The stock Heroku command, set up for that host.
  public HerokuClient heroku() {
    return new HerokuClient(environment());
  }

  /// What the stock clients must know.
  public ClientEnvironment environment() {
    return new ClientEnvironment(home, tunnel.ports());
  }

  @Override
  public void close() {
    tunnel.close();
    Home.delete(home.secret(Secrets.API_KEY));
  }
}
