package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A way to the control of another host: its loopback ports, forwarded to this machine's loopback
/// by the SSH client, with whatever keys, agent, known hosts and jump hosts its settings name. What
/// the clients must know comes over the same connection.
///
/// Commands that run at the same time share one connection, and it stays for a minute after the
/// last of them, so that the next need not wait for one.
final class SshTunnel implements AutoCloseable {
  /// Root reads the key; others need `sudo` without a password. The session lasts until its input
  /// ends.
  private static final String REMOTE_COMMAND =
      "as=; [ \"$(id -u)\" = 0 ] || as='sudo -n'; "
          + "$as cat /var/lib/slipway/secrets/api-key && echo && echo "
          + "'---' && $as cat /var/lib/slipway/tls/ca.crt && echo '---' && exec cat";

  private static final String SEPARATOR = "---";
  private static final String STAYS_SECONDS = "60";
  private static final long END_SECONDS = 5;

  private final Process session;
  private final ClientPorts ports;
  private final Secret apiKey;
  private final String authority;

  private SshTunnel(Process session, ClientPorts ports, Secret apiKey, String authority) {
    this.session = session;
    this.ports = ports;
    this.apiKey = apiKey;
    this.authority = authority;
  }

  /// Opens it, and returns when it is there. The SSH client asks for passphrases in this terminal.
  ///
  /// @param client how the SSH client is started, such as `ssh`
  /// @param directory of this user's alone: what commands to this host share is kept there
  /// @throws UserError when the host can't be reached, or Slipway is not up there
  static SshTunnel open(List<String> client, RemoteHost host, Path directory) {
    Home.makePrivate(directory);
    try (var lock = lock(directory)) {
      lock.lock();
      var ports = ports(client, host, directory);
      var session =
          new ProcessBuilder(command(client, host, directory, ports))
              .redirectError(Redirect.INHERIT)
              .start();
      var lines = session.inputReader();
      var key = part(lines);
      var authority = key == null ? null : part(lines);
      if (key == null || authority == null) {
        throw failed(host, session);
      }
      return new SshTunnel(session, ports, new Secret(key.strip()), authority);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The ports of this machine that lead there.
  ClientPorts ports() {
    return ports;
  }

  /// The key of the host's API.
  Secret apiKey() {
    return apiKey;
  }

  /// The certificate of the host's local authority, in PEM.
  String authority() {
    return authority;
  }

  @Override
  public void close() {
    try {
      session.outputWriter().close();
      if (!session.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        session.destroy();
      }
    } catch (IOException e) {
      session.destroy();
    } catch (InterruptedException e) {
      session.destroy();
      Thread.currentThread().interrupt();
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    return FileChannel.open(
        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /// Those of the connection that is open, or of a new one.
  private static ClientPorts ports(List<String> client, RemoteHost host, Path directory) {
    var file = directory.resolve("ports");
    var check = new ArrayList<>(client);
    check.addAll(List.of("-O", "check"));
    check.addAll(sharing(directory));
    check.addAll(host.arguments());
    if (Commands.run(check).status() == 0) {
      return ClientPorts.read(file);
    }
    var ports = ClientPorts.forTunnel();
    ports.write(file);
    return ports;
  }

  private static List<String> command(
      List<String> client, RemoteHost host, Path directory, ClientPorts ports) {
    var command = new ArrayList<>(client);
    command.addAll(List.of("-T", "-o", "ExitOnForwardFailure=yes"));
    command.addAll(sharing(directory));
    command.addAll(List.of("-o", "ControlMaster=auto", "-o", "ControlPersist=" + STAYS_SECONDS));
    command.addAll(forward(ports.api(), ClientPorts.OWN.api()));
    command.addAll(forward(ports.tls(), ClientPorts.OWN.tls()));
    command.addAll(forward(ports.rendezvous(), ClientPorts.OWN.rendezvous()));
    command.addAll(host.arguments());
    command.add(REMOTE_COMMAND);
    return command;
  }

  private static List<String> sharing(Path directory) {
    return List.of("-o", "ControlPath=\"" + directory.resolve("ssh") + "\"");
  }

  private static List<String> forward(int here, int there) {
    return List.of("-L", "127.0.0.1:" + here + ":127.0.0.1:" + there);
  }

  /// The lines up to the separator, or null when the connection ends before.
  private static @Nullable String part(BufferedReader lines) throws IOException {
    var part = new StringBuilder();
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals(SEPARATOR)) {
        return part.toString();
      }
      part.append(line).append('\n');
    }
    return null;
  }

  /// `ssh` ends with 255 for faults of its own, and else with what the remote command ended with.
  private static UserError failed(RemoteHost host, Process session) {
    var ofConnection = statusOf(session) == 255;
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            ofConnection
                ? "There is no SSH connection to " + host
                : "The API's key could not be read on " + host,
            ofConnection
                ? "ssh says why above"
                : "Slipway is not up there, or your user is neither root nor may use sudo without a"
                    + " password",
            ofConnection
                ? "Try: ssh " + String.join(" ", host.arguments())
                : "Try there: sudo ./slipway status"));
  }

  private static int statusOf(Process ssh) {
    try {
      return ssh.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 255;
    }
  }
}
