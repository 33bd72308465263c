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
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

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

  /// The page of all commands says of each that is not here why. One that is stopped without being
  /// said to be, or the other way round, would take somebody's key elsewhere.
  @Test
  void whatThePageCallsStoppedIsStoppedAndNothingElse() throws IOException {
    var manifest = client().resolveSibling("../oclif.manifest.json").normalize();
    assumeTrue(Files.exists(manifest), "skipped: the heroku CLI is not installed");
    var said = new TreeSet<String>();
    var stopped = new TreeSet<String>();
    for (var command :
        JsonMapper.shared().readTree(manifest.toFile()).get("commands").propertyNames()) {
      if (reason(command).contains("stopped")) {
        said.add(command);
      }
      if (isStopped(command)) {
        stopped.add(command);
      }
    }
    assertEquals(stopped, said);
  }

  private static boolean isStopped(String command) {
    try {
      FixedHosts.requireOurs(List.of(command));
      return false;
    } catch (UserError stopped) {
      return true;
    }
  }

  /// As the page takes it: of the longest pattern that fits.
  private static String reason(String command) throws IOException {
    return Files.readAllLines(Path.of("src/test/resources/heroku-cli-absent.tsv")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\t", 2))
        .filter(row ->
            row[0].endsWith("*")
                ? command.startsWith(row[0].substring(0, row[0].length() - 1))
                : command.equals(row[0]))
        .max(Comparator.comparingInt(row -> row[0].length()))
        .map(row -> row[1])
        .orElse("");
  }

  private static Path client() throws IOException {
    var given = Path.of(System.getProperty("heroku.cli", "/nowhere"));
    var executable = Files.exists(given) ? given.toRealPath() : given;
    return executable.resolveSibling("../dist/commands").normalize();
  }
}
