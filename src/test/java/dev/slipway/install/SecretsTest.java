package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The installation's own secrets.
class SecretsTest {
  @TempDir Path directory = Path.of("");

  @Test
  void areMadeOnceForRootAlone() throws Exception {
    var home = new Home(directory.resolve("home"));
    assertEquals("made", new Secrets(home).ensure());
    var key = Secrets.read(home.secret(Secrets.API_KEY));
    assertEquals("there already", new Secrets(home).ensure());
    assertEquals(key, Secrets.read(home.secret(Secrets.API_KEY)));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(home.secret(Secrets.API_KEY))));
    var id = Secrets.read(home.router("id"));
    assertEquals(new Secrets(home).routerToken(id).reveal(), Secrets.read(home.router("token")));
    assertNotEquals(
        Secrets.read(home.secret(Secrets.ROUTER_TOKEN)), Secrets.read(home.router("token")));
  }

  @Test
  void theImageServerKnowsThePasswordByItsHash() {
    var home = new Home(directory.resolve("home"));
    new Secrets(home).ensure();
    var line = Secrets.read(home.registry("htpasswd"));
    var password = Secrets.read(home.secret(Secrets.REGISTRY_PASSWORD)).toCharArray();
    assertTrue(line.startsWith("slipway:$2y$"));
    assertTrue(OpenBSDBCrypt.checkPassword(line.substring("slipway:".length()), password));
  }
}
