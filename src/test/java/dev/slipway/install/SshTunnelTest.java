package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.core.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.shell.InvertedShellWrapper;
import org.apache.sshd.server.shell.ProcessShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The machine's own SSH client against a real SSH server that runs the real command in a shell, in
/// a directory in place of `/var/lib/slipway`.
class SshTunnelTest {
  private @TempDir Path home;
  private final List<Session> sessions = new CopyOnWriteArrayList<>();
  private final Set<Integer> asked = new ConcurrentSkipListSet<>();
  private SshServer server;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Commands.exists("ssh"), "skipped: there is no SSH client");
    Files.createDirectories(home.resolve("there/secrets"));
    Files.createDirectories(home.resolve("there/tls"));
    Files.writeString(home.resolve("there/secrets/api-key"), "the-key");
    Files.writeString(home.resolve("there/tls/ca.crt"), "the certificate\n");
    Commands.run(
        List.of("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", home.resolve("id").toString()));
    Files.writeString(
        home.resolve("config"),
        """
        Host *
          IdentityFile %1$s/id
          IdentitiesOnly yes
          UserKnownHostsFile %1$s/known_hosts
          GlobalKnownHostsFile none
          StrictHostKeyChecking accept-new
          BatchMode yes
        """
            .formatted(home));
    server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider(home.resolve("hostkey")));
    server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
    server.setForwardingFilter(new Forwards());
    server.setCommandFactory((channel, command) ->
        new InvertedShellWrapper(new ProcessShell("sh", "-c", here(command))));
    server.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionCreated(Session session) {
            sessions.add(session);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      server.close(true).await();
    }
  }

  @Test
  void bringsTheKeyAndLeadsToControl() throws Exception {
    try (var tunnel = open("host")) {
      assertEquals("the-key", tunnel.apiKey().reveal());
      assertEquals("the certificate\n", tunnel.authority());
      var ports = tunnel.ports();
      for (var port : List.of(ports.api(), ports.tls(), ports.rendezvous())) {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
      }
      assertTrue(
          Waiting.until(
              java.time.Duration.ofSeconds(10), () -> asked.equals(Set.of(7080, 7443, 7444))),
          asked::toString);
    }
  }

  @Test
  void commandsAtTheSameTimeShareOneConnection() {
    try (var first = open("host");
        var second = open("host")) {
      assertEquals(first.ports(), second.ports());
      assertEquals("the-key", second.apiKey().reveal());
      assertEquals(1, sessions.size());
    }
  }

  @Test
  void aHostWithoutSlipwaySaysSo() throws Exception {
    Files.delete(home.resolve("there/secrets/api-key"));
    var error = assertThrows(UserError.class, () -> open("host").close());
    var said = error.problem().sentence();
    assertTrue(said.contains("The API's key could not be read on 127.0.0.1"), said);
  }

  @Test
  void aHostThatIsNotThereSaysSo() throws Exception {
    server.close(true).await();
    var error = assertThrows(UserError.class, () -> open("host").close());
    var said = error.problem().sentence();
    assertTrue(said.contains("There is no SSH connection to 127.0.0.1"), said);
    assertTrue(said.contains("Try: ssh -p "), said);
  }

  private SshTunnel open(String directory) {
    return SshTunnel.open(
        List.of("ssh", "-F", home.resolve("config").toString()),
        RemoteHost.of("ssh://127.0.0.1:" + server.getPort()),
        home.resolve(directory));
  }

  private String here(String command) throws IOException {
    assertTrue(command.contains("/var/lib/slipway"), command);
    return command
        .replace("/var/lib/slipway", home.resolve("there").toString())
        .replace("sudo -n", "env");
  }

  private final class Forwards extends AcceptAllForwardingFilter {
    @Override
    public boolean canConnect(Type type, SshdSocketAddress address, Session session) {
      asked.add(address.getPort());
      return false;
    }
  }
}
