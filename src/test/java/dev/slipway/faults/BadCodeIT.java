package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Code that can't be built or does not come up: the push is refused and says why, and the release
/// before it serves on.
@Tag("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadCodeIT {
  private final FaultApp app = FaultApp.serving("good");

  @BeforeAll
  void beImpatient() {
    app.configure(Map.of("SLIPWAY_BOOT_TIMEOUT", "5"));
  }

  @AfterAll
  void clean() {
    app.close();
  }

  @Test
  void languageThatNobodyKnows() {
    assertRefused(
        "unknown language, no Dockerfile",
        Map.of("main.zig", "pub fn main() void {}\n"),
        "No way to build this app was found",
        "Dockerfile",
        "package.json",
        "heroku.yml");
  }

  @Test
  void dockerfileThatFails() {
    assertRefused(
        "Dockerfile that fails",
        Sources.dockerfile("RUN echo about to break && exit 42\n"),
        "about to break",
        "exit code: 42");
  }

  @Test
  void dockerfileThatIsNone() {
    assertRefused(
        "Dockerfile with a wrong instruction", Sources.dockerfile("RUMBLE on\n"), "RUMBLE");
  }

  @Test
  void appThatNeverListens() {
    assertRefused(
        "never listens on $PORT",
        Sources.dockerfile("CMD echo dreaming && exec sleep 1000\n"),
        "Error R10 (Boot timeout)",
        "within 5 seconds",
        "Nothing in it listens on port 5000",
        "dreaming");
  }

  @Test
  void appThatCrashesAtBoot() {
    assertRefused(
        "crashes at boot",
        Sources.dockerfile("CMD echo my last words && exit 3\n"),
        "Dyno web.1 crashed at boot with status 3",
        "my last words");
  }

  @Test
  void appThatListensOnLoopbackOnly() {
    var perl =
        "use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1',"
            + " LocalPort => $ENV{PORT}, Listen => 5) or die; sleep 1000";
    assertRefused(
        "listens on 127.0.0.1 only",
        Map.of(
            "Dockerfile",
            "FROM debian:trixie-slim\nCOPY app.pl /\nCMD perl /app.pl\n",
            "app.pl",
            perl),
        "It listens on 127.0.0.1 only",
        "0.0.0.0");
  }

  @Test
  void releasePhaseThatFails() {
    assertRefused(
        "release phase that fails",
        Sources.withReleasePhase("bad", "echo migrating && exit 9"),
        "Running release command",
        "migrating",
        "9");
  }

  @Test
  void imageWithoutSuchCommand() {
    assertRefused(
        "command that is not in the image",
        Sources.dockerfile("CMD [\"/nowhere/to/be/found\"]\n"),
        "web.1",
        "/nowhere/to/be/found");
  }

  private void assertRefused(String fault, Map<String, String> source, String... said) {
    var services = app.services();
    try (var load = Steady.during(fault, app)) {
      var push = app.push(source);
      assertFalse(push.accepted(), push.output());
      for (var words : said) {
        assertTrue(push.output().contains(words), () -> words + " is not in\n" + push.output());
      }
      assertTrue(push.output().contains("pre-receive hook declined"), push.output());
      assertFalse(push.output().contains("nternal error"), push.output());
      await(
          "what was started is gone",
          Duration.ofSeconds(20),
          () -> app.services().equals(services));
      assertEquals("good", app.marker());
      load.assertNothingLost();
    }
  }
}
