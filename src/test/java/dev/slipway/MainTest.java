package dev.slipway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Control as a process of its own.
class MainTest {
  @Test
  @Timeout(60)
  void controlTellsWhyItCanNotStartAndEnds(@TempDir Path home) throws Exception {
    var file = home.resolve("control.db");
    Store.open(file).close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE flyway_schema_history SET checksum = 7 WHERE version = '6'");
    }
    var control = server(home);
    try {
      var text = new String(control.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(control.waitFor(10, TimeUnit.SECONDS));
      assertEquals(ErrorCode.UNAVAILABLE.exitCode(), control.exitValue(), text);
      assertFalse(text.contains("\tat "), text);
      var told = Problem.lastTold(ErrorCode.UNAVAILABLE, text.lines().toList()).orElseThrow();
      assertEquals(
          "The database " + file + " was written by another build of Slipway", told.what());
    } finally {
      control.destroyForcibly();
    }
  }

  private static Process server(Path home) throws Exception {
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "server")
            .redirectErrorStream(true);
    builder.environment().put("SLIPWAY_HOME", home.toString());
    return builder.start();
  }
}
