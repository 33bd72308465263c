package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.core.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FixedHostsTest {
  /// Hosts that the client asks with the key, and the class behind which it hides one of them.
  private static final Pattern FIXED =
      Pattern.compile(
          "['\"`](https://)?(kolkrabbi|telex|particleboard|dashboard|api\\.metrics)\\.hero"
              + "|pipelines/kolkrabbi-api\\.js'");

  @Test
  void whatGoesElsewhereIsStoppedWithAWordOnWhatToUse() {
    var error =
        assertThrows(
            UserError.class,
            () -> FixedHosts.requireOurs(List.of("ps:autoscale:enable", "-a", "x")));
    var said = error.problem().sentence();
    assertTrue(said.contains("heroku ps:autoscale:enable was not run"), said);
    assertTrue(said.contains("heroku ps:scale web=2"), said);
  }

  @Test
  void helpOfWhatIsRunIsNotTheClientsHelp() {
    assertThrows(
        UserError.class, () -> FixedHosts.requireOurs(List.of("ci:run", "-p", "x", "--", "-h")));
  }

  @Test
  void helpAndAllElsePasses() {
    assertDoesNotThrow(() -> FixedHosts.requireOurs(List.of("ps:autoscale:enable", "--help")));
    assertDoesNotThrow(() -> FixedHosts.requireOurs(List.of("ps", "-a", "dashboard")));
    assertDoesNotThrow(() -> FixedHosts.requireOurs(List.of()));
  }

  @Test
  void everyCommandOfTheClientThatNamesSuchAHostIsKnown() throws IOException {
    var code = client();
    assumeTrue(Files.isDirectory(code), "skipped: the heroku CLI is not installed");
    var unknown = new TreeSet<String>();
    try (var files = Files.walk(code)) {
      for (var file : files.filter(each -> each.toString().endsWith(".js")).toList()) {
        var command =
            code.relativize(file).toString().replaceAll("(/index)?\\.js$", "").replace('/', ':');
        if (FIXED.matcher(Files.readString(file)).find() && !FixedHosts.has(command)) {
          unknown.add(command);
        }
      }
    }
    assertEquals(new TreeSet<>(), unknown);
  }

  private static Path client() throws IOException {
    var given = Path.of(System.getProperty("heroku.cli", "/nowhere"));
    var executable = Files.exists(given) ? given.toRealPath() : given;
    return executable.resolveSibling("../dist/commands").normalize();
  }
}
