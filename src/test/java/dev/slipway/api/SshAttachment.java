package dev.slipway.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;

/// A client of an attached command that talks SSH, as the stock client has it: the connection is
/// upgraded, and an SSH client is led through it by a port of this machine.
record SshAttachment(
    RawRendezvous wire, ServerSocket relay, SshClient client, ClientSession session)
    implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// Connects, and logs in as anybody.
  static SshAttachment to(URI url, LocalCertificate certificate) throws Exception {
    var wire = upgraded(url, certificate);
    var relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> lead(relay, wire.socket()));
    var client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier((_, _, _) -> true);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    CoreModuleProperties.REQUEST_EXEC_REPLY.set(client, true);
    CoreModuleProperties.REQUEST_SUBSYSTEM_REPLY.set(client, true);
    CoreModuleProperties.REQUEST_SHELL_REPLY.set(client, true);
    client.start();
    var session =
        client
            .connect("anybody", relay.getInetAddress().getHostAddress(), relay.getLocalPort())
            .verify(LIMIT)
            .getSession();
    session.auth().verify(LIMIT);
    return new SshAttachment(wire, relay, client, session);
  }

  /// Asks for the upgrade, and reads the answer to its end.
  static RawRendezvous upgraded(URI url, LocalCertificate certificate) throws Exception {
    var wire = RawRendezvous.silent(url, certificate);
    wire.send(request(url, "Connection: Upgrade\r\nUpgrade: tcp\r\n"));
    var answer = wire.next();
    if (!answer.matches("(?s)HTTP/1.1 101 .*\r\n\r\n")) {
      wire.close();
      throw new IOException("refused: " + answer);
    }
    return wire;
  }

  /// A request for that address.
  static String request(URI url, String headers) {
    return "GET " + url.getPath() + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
  }

  /// A shell in a window of that size.
  ChannelShell shell(int columns, int rows) throws IOException {
    var shell = session.createShellChannel();
    shell.setUsePty(true);
    shell.setPtyType("xterm");
    shell.setPtyColumns(columns);
    shell.setPtyLines(rows);
    shell.setRedirectErrorStream(true);
    shell.open().verify(LIMIT);
    return shell;
  }

  /// A shell whose input and output are pipes.
  ChannelShell pipes() throws IOException {
    var shell = session.createShellChannel();
    shell.setUsePty(false);
    shell.setRedirectErrorStream(true);
    shell.open().verify(LIMIT);
    return shell;
  }

  @Override
  public void close() throws IOException {
    wire.close();
    relay.close();
    client.stop();
  }

  private static void lead(ServerSocket relay, Socket far) {
    try (var near = relay.accept()) {
      Thread.ofVirtual().start(() -> copy(near, far));
      copy(far, near);
    } catch (IOException closed) {
      // Nobody is led any more.
    }
  }

  private static void copy(Socket from, Socket to) {
    try (InputStream input = from.getInputStream();
        OutputStream output = to.getOutputStream()) {
      var piece = new byte[16 * 1024];
      for (var count = input.read(piece); count >= 0; count = input.read(piece)) {
        output.write(piece, 0, count);
        output.flush();
      }
    } catch (IOException closed) {
      // The other side is closed too.
    }
  }
}
