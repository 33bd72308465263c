package dev.slipway.api;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A program that does not end holds up no test.
@Timeout(30)
class HerokuCliEndTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  @Test
  void whatEndsGivesItsStatusAndAllThatItWrote() throws Exception {
    var end =
        HerokuCli.endInTime(
            shell("head -c 200000 /dev/zero | tr '\\0' x; exit 7"), Duration.ofSeconds(20));
    assertEquals(7, end.status());
    assertEquals(200_000, end.text().length());
  }

  @Test
  void whatDoesNotEndIsKilledWithWhatItStarted() throws Exception {
    var process = shell("echo begun; sleep 600; echo woken");
    await("the child", () -> process.descendants().count() == 1);
    var child = process.descendants().findFirst().orElseThrow();
    var end = HerokuCli.endInTime(process, LIMIT);
    assertEquals(HerokuCli.NOT_ENDED, end.status());
    assertEquals("begun\n", end.text());
    assertFalse(process.isAlive());
    // Nobody may have asked for its status yet: it is dead all the same.
    await("the child's end", () -> child.info().command().isEmpty());
  }

  /// It closed its output, and lives on.
  @Test
  void whatFallsSilentIsKilledToo() throws Exception {
    var end = HerokuCli.endInTime(shell("exec >/dev/null 2>&1; exec sleep 600"), LIMIT);
    assertEquals(HerokuCli.NOT_ENDED, end.status());
  }

  private static Process shell(String script) throws IOException {
    return new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
  }
}
