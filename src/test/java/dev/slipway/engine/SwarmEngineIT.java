package dev.slipway.engine;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.Secret;
import dev.slipway.engine.DynoState.Phase;
import dev.slipway.image.ImageReference;
import dev.slipway.testing.Machine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The contract on a real Swarm, and what only a real one can show.
@Tag("docker")
class SwarmEngineIT extends EngineContract {
  private static final DockerApi DOCKER = new DockerApi(Machine.DOCKER_SOCKET);
  private static final Secret REGISTRY_PASSWORD = Machine.secret("registry-password");
  private static ImageReference image;

  private final SwarmEngine engine =
      new SwarmEngine(DOCKER, HostEngines.NONE, "slipway-dynos", REGISTRY_PASSWORD);

  @BeforeAll
  static void pushImage() throws Exception {
    image = TestImage.push(DOCKER);
  }

  @Override
  Engine engine() {
    return engine;
  }

  @Override
  ImageReference image() {
    return image;
  }

  @Test
  void anyEnvironmentReachesTheProcessUnchanged() throws Exception {
    var random = new Random(20261123);
    var environment = new TreeMap<String, String>();
    for (var i = 0; i < 40; i++) {
      environment.put("VALUE_" + i, anyValue(random));
    }
    environment.put("TEMPLATE", "{{.Node.Hostname}} {{ {{{ }} {{\"{{\"}}");
    environment.put("LARGE", "x".repeat(40_000));
    var dyno = dyno("env.1", "base64 -w 0 /proc/self/environ", environment);
    engine.startOnce(dyno);
    await(() -> state(dyno).phase() instanceof Phase.Ended);
    var encoded = String.join("", engine.lastLines(dyno.service(), 10_000));
    var seen = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    var entries = List.of(seen.split("\0", -1));
    environment.forEach((name, value) ->
        assertTrue(entries.contains(name + "=" + value), () -> name + " did not arrive"));
  }

  @Test
  void whatIsTrueOnTheOnlyHostAloneBindsADynoToIt() {
    var told =
        new SwarmEngine(
            DOCKER,
            HostEngines.NONE,
            "slipway-dynos",
            REGISTRY_PASSWORD,
            environment -> {
              var more = new TreeMap<>(environment);
              more.put("TOLD", new Secret("yes"));
              return more;
            },
            20);
    var dyno = dyno("bound.1", "echo $TOLD; sleep 300", Map.of());
    told.start(dyno);
    await(() -> told.lastLines(dyno.service(), 1).equals(List.of("yes")));
    told.release(_ -> true);
    var service = DOCKER.get("/services/" + dyno.service());
    var placement = service.path("Spec").path("TaskTemplate").path("Placement").toString();
    assertTrue(placement.contains("node.id==" + new SwarmNodes(DOCKER).own()), placement);
  }

  @Test
  void linesComeAcrossARestartOfTheProcess() throws Exception {
    var dyno = dyno("worker.1", "echo born; sleep 1; exit 1", Map.of());
    engine.start(dyno);
    var lines = new CopyOnWriteArrayList<String>();
    try (var _ = engine.follow(dyno.service(), Instant.EPOCH, (time, text) -> lines.add(text))) {
      await(() -> lines.size() >= 2);
    }
    assertEquals("born", lines.getFirst());
    assertTrue(state(dyno).crashes() > 0);
  }

  @Test
  void aDynoThatDoesNotHeedIsKilledAfterItsGraceAndSaysSo() throws Exception {
    var dyno = dyno("worker.1", "trap '' TERM; echo deaf; sleep 300", Map.of());
    engine.start(dyno);
    await(() -> engine.lastLines(dyno.service(), 1).equals(List.of("deaf")));
    try (var exit = engine.watchExit(state(dyno))) {
      var began = System.nanoTime();
      engine.stop(dyno.service());
      assertEquals(OptionalInt.of(137), exit.await(LIMIT));
      assertTrue(System.nanoTime() - began >= dyno.grace().toNanos());
    }
  }

  @Test
  void aDynoHasFewPowersAndFewProcesses() throws Exception {
    var dyno =
        dyno(
            "check.1",
            "grep CapEff /proc/self/status; cat /sys/fs/cgroup/pids/pids.max || cat /sys/fs/cgroup/pids.max",
            Map.of());
    engine.startOnce(dyno);
    await(() -> state(dyno).phase() instanceof Phase.Ended);
    var lines = engine.lastLines(dyno.service(), 5);
    assertEquals("CapEff:\t00000000000004eb", lines.getFirst());
    assertEquals("512", lines.getLast());
  }

  @Test
  void whatListensIsSeen() throws Exception {
    var dyno =
        dyno(
            "web.1",
            "exec perl -MIO::Socket::INET -e "
                + "'$s = IO::Socket::INET->new(LocalAddr => \"127.0.0.1\", LocalPort => 5000, Listen => 1);"
                + " sleep 300'",
            Map.of());
    engine.start(dyno);
    await(() -> state(dyno).running());
    await(() -> !engine.listeners(state(dyno), 5000).orElseThrow().isEmpty());
    assertEquals(List.of("127.0.0.1"), engine.listeners(state(dyno), 5000).orElseThrow());
  }

  @Test
  void aTerminalInsideHasItsSizeFromTheStartAndAnotherWhenResized() throws Exception {
    var dyno = dyno("run.1", "sleep 300", Map.of());
    engine.startOnce(dyno);
    await(() -> state(dyno).running());
    var command =
        new InsideCommand(
            "tty; stty size; read -r line; stty size", secrets(Map.of()), new TerminalSize(97, 31));
    try (var process = engine.runInside(state(dyno), command)) {
      var output = new BufferedReader(new InputStreamReader(process.output(), UTF_8));
      assertTrue(output.readLine().startsWith("/dev/pts/"));
      assertEquals("31 97", output.readLine());
      process.resize(new TerminalSize(120, 40));
      process.input().write('\n');
      assertEquals("", output.readLine()); // what was typed is shown
      assertEquals("40 120", output.readLine());
      assertEquals(OptionalInt.of(0), process.awaitExit());
    }
  }

  private static String anyValue(Random random) {
    var alphabet = "{}\"'\\$`\n\t =;&|<>*?[]()!#%~^äöü€😀abc";
    var points = alphabet.codePoints().toArray();
    var value = new StringBuilder();
    for (var length = random.nextInt(60); length > 0; length--) {
      value.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return value.toString();
  }
}
