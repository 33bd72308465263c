package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The machine's own SSH client and the keys of hosts that Slipway made, against a real SSH server.
class HostKeysTest {
  private static final List<String> CLIENT = List.of("ssh", "-F", "none");

  private @TempDir Path hosts;
  private final Set<String> offered = new ConcurrentSkipListSet<>();
  private SshServer server;
  private RemoteHost host;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Commands.exists("ssh"), "skipped: there is no SSH client");
    for (var key : List.of("key", "theirs", "other")) {
      generate(hosts.resolve(key));
    }
    server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(new FileKeyPairProvider(hosts.resolve("theirs")));
    server.setPublickeyAuthenticator((user, key, _) -> {
      offered.add(PublicKeyEntry.toString(key));
      return user.equals("slipway") && KeyUtils.compareKeys(key, ours());
    });
    server.setCommandFactory((_, command) -> new Succeeding(command));
    server.start();
    host = new RemoteHost("slipway", "127.0.0.1", server.getPort());
    HostConnection.identify(host, hosts.resolve("key"), hosts);
  }

  /// An elliptic key: the server knows Ed25519 only where no test before has asked it to do without
  /// its optional providers, as the product does.
  private static void generate(Path key) {
    Commands.run(
        List.of("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-C", "test", "-f", key.toString()));
    assertTrue(Files.exists(key), "made by ssh-keygen");
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      server.close(true).await();
    }
  }

  @Test
  void onlyAKeyThatIsPinnedIsBelieved() {
    assertFalse(answers(), "none is pinned");
    HostConnection.pin(host, List.of(publicKey("other")), hosts);
    assertFalse(answers(), "another is pinned");
    HostConnection.pin(host, List.of(publicKey("other"), publicKey("theirs")), hosts);
    assertTrue(answers(), "both are pinned");
    HostConnection.pin(host, List.of(publicKey("theirs")), hosts);
    assertTrue(answers(), "the right one is pinned");
    assertEquals(Set.of(words(publicKey("key"))), offered);
  }

  @Test
  void whoIsForgottenIsOfferedNothing() {
    HostConnection.pin(host, List.of(publicKey("theirs")), hosts);
    HostConnection.forgetKey(List.of("ssh"), host, hosts);
    assertFalse(Files.exists(hosts.resolve(host.directory()).resolve("identity")));
    assertFalse(answers());
  }

  /// Without a process, whose end can overtake its status.
  private static final class Succeeding extends AbstractCommandSupport {
    Succeeding(String command) {
      super(command, null);
    }

    @Override
    public void run() {
      onExit(0);
    }
  }

  private boolean answers() {
    return HostConnection.answers(CLIENT, host, hosts);
  }

  private java.security.PublicKey ours() {
    try {
      return PublicKeyEntry.parsePublicKeyEntry(publicKey("key"))
          .resolvePublicKey(null, null, null);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String publicKey(String name) {
    try {
      return Files.readString(hosts.resolve(name + ".pub")).strip();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String words(String key) {
    return key.substring(0, key.lastIndexOf(' '));
  }
}
