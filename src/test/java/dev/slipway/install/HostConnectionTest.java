package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which line of the pinned keys is a host's, whatever it is called on the command line.
class HostConnectionTest {
  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJGNc3hQvYw8cM3bJQwVbVqY1m1Tq0m8bq6gk4yYw2sD";

  @TempDir Path directory;

  @Test
  void aKeyIsKeptUnderTheNameThatTheClientConnectsTo() {
    assertEquals("10.0.0.12", HostConnection.keyName(List.of("hostname 10.0.0.12", "port 22")));
    assertEquals(
        "[web.example.com]:2222",
        HostConnection.keyName(List.of("host web", "hostname web.example.com", "port 2222")));
    assertEquals(
        "first", HostConnection.keyName(List.of("hostname x", "port 2222", "hostkeyalias first")));
  }

  @Test
  void aForgottenHostsKeyIsGoneWhateverItIsCalled() throws Exception {
    var settings = directory.resolve("config");
    Files.writeString(settings, "Host web\n  HostName 10.0.0.12\nHost odd\n  Port 2222\n");
    var client = List.of("ssh", "-F", settings.toString());
    for (var url : List.of("ssh://web", "ssh://10.0.0.12:22", "ssh://root@10.0.0.12")) {
      assertEquals(List.of("other " + KEY), forgotten(client, url, "10.0.0.12"), url);
    }
    assertEquals(List.of("other " + KEY), forgotten(client, "ssh://odd", "[odd]:2222"));
  }

  @Test
  void aHostAtAnotherAddressMustShowTheSameKey() throws Exception {
    var known = directory.resolve("known_hosts");
    Files.writeString(known, "10.0.0.12 " + KEY + "\n10.0.0.120 other\n");
    var from = RemoteHost.of("ssh://root@10.0.0.12");
    var to = RemoteHost.of("ssh://root@10.0.0.22");
    HostConnection.identify(from, directory.resolve("key"), directory);
    HostConnection.move(from, to, directory);
    assertEquals(
        List.of("10.0.0.12 " + KEY, "10.0.0.120 other", "10.0.0.22 " + KEY),
        Files.readAllLines(known));
    assertEquals(
        directory.resolve("key"),
        Files.readSymbolicLink(directory.resolve(to.directory()).resolve("identity")));
    // One that is pinned there already counts.
    Files.writeString(known, "10.0.0.12 " + KEY + "\n10.0.0.22 its own\n");
    HostConnection.move(from, to, directory);
    assertEquals(List.of("10.0.0.12 " + KEY, "10.0.0.22 its own"), Files.readAllLines(known));
  }

  private List<String> forgotten(List<String> client, String url, String keptAs) throws Exception {
    var known = directory.resolve("known_hosts");
    Files.writeString(known, keptAs + " " + KEY + "\nother " + KEY + "\n");
    HostConnection.forgetKey(client, RemoteHost.of(url), directory);
    return Files.readAllLines(known);
  }
}
