package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A fleet of three: this machine and two test hosts that join it, are emptied, die and leave. Each
/// test goes on where the one before it stopped.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /// What a command wrote, and how it ended.
  private record Ended(int status, String said) {}

  private final FaultApp app = FaultApp.serving("fleet");

  @BeforeAll
  void boot() throws Exception {
    succeeds("bin/hosts", "up", "2");
  }

  @AfterAll
  void clean() throws Exception {
    app.close();
    succeeds("bin/hosts", "down");
    for (var host : List.of("slipway-test-1", "slipway-test-2")) {
      await(host + " is forgotten", PATIENCE, () -> forgets(host));
    }
  }

  private boolean forgets(String host) throws Exception {
    return host(host).isMissingNode()
        || run("./slipway", "hosts", "remove", host, "--dead").status() == 0;
  }

  @Test
  @Order(1)
  void machinesJoinAndServeEveryApp() throws Exception {
    succeeds("bin/hosts", "ssh", "1", "docker info >/dev/null 2>&1 && exit 1 || exit 0");
    withKey("./slipway hosts add ssh://root@" + address(1) + " --pool web --label zone=a --yes");
    var zone = "{{.Spec.Labels.zone}}";
    assertEquals("a", Host.docker("node", "inspect", "--format", zone, "slipway-test-1"));
    // Not as root, and twice.
    withKey("./slipway hosts add ssh://deploy@" + address(2) + " --yes");
    var again = withKey("./slipway hosts add ssh://deploy@" + address(2));
    assertTrue(again.contains("there already"), again);
    for (var host : List.of("slipway-test-1", "slipway-test-2")) {
      assertEquals("ready", host(host).path("state").asString(), host);
    }
    for (var number : List.of(1, 2)) {
      assertTrue(answer(number).contains("fleet"), "host " + number);
    }
  }

  @Test
  @Order(2)
  void dynosSpreadAndEveryRouterReachesThemAll() throws Exception {
    var six = Api.json(Map.of("quantity", 6));
    assertEquals(200, Api.call("PATCH", app.path("formation/web"), six).status());
    await("six dynos", PATIENCE, () -> running() == 6);
    app.settle();
    var counts = IntStream.rangeClosed(1, 2).map(n -> dynos("slipway-test-" + n)).toArray();
    assertTrue(counts[0] > 0 && counts[1] > 0, () -> counts[0] + ", " + counts[1]);
    for (var number : List.of(1, 2)) {
      for (var i = 0; i < 12; i++) {
        assertTrue(answer(number).contains("fleet"), "host " + number);
      }
    }
  }

  @Test
  @Order(3)
  void theAgentsOfAllHostsServeControl() throws Exception {
    var hosts = List.of("slipway-test-1", "slipway-test-2");
    for (var host : hosts) {
      await(host + " has told its figures", PATIENCE, () -> host(host).path("figures").isObject());
      var running = JSON.readTree(succeeds("./slipway", "hosts", "info", host, "--json"));
      assertEquals(dynos(host), running.path("running").size(), running.toString());
    }
    var reached = new TreeSet<String>();
    for (var number = 1; number <= 6; number++) {
      var inside = inside("web." + number, "cat /etc/hostname; exit 3");
      assertEquals(3, inside.status(), inside.said());
      // What the client says of itself stands above.
      reached.add(inside.said().strip().lines().toList().getLast());
    }
    assertEquals(6, reached.size(), reached::toString);
    // Both have the newest image before any dyno of it runs there, and a host without an agent
    // is named and waited for by nobody.
    succeeds("bin/hosts", "ssh", "2", "docker stop --time 1 slipway-agent");
    app.push(Sources.good("fleet-1"));
    app.awaitMarker("fleet-1");
    await(
        "the log names it",
        PATIENCE,
        () ->
            succeeds("./slipway", "heroku", "logs", "-a", app.name(), "-n", "200")
                .contains("Host slipway-test-2 has not pulled the image ahead"));
    succeeds("bin/hosts", "ssh", "2", "docker start slipway-agent");
    await("it is back", PATIENCE, () -> host("slipway-test-2").path("figures").isObject());
  }

  private Ended inside(String dyno, String command) throws Exception {
    return run("./slipway", "heroku", "run:inside", dyno, "-a", app.name(), "-x", "--", command);
  }

  @Test
  @Order(4)
  void aPoolHoldsWhatIsTiedToIt() throws Exception {
    app.configure(Map.of("SLIPWAY_POOLS", "web=web"));
    await("all dynos are in the pool", PATIENCE, () -> dynos("slipway-test-1") == 6);
    var nowhere = Api.json(Map.of("SLIPWAY_POOLS", "web=none"));
    assertEquals(200, Api.call("PATCH", app.path("config-vars"), nowhere).status());
    await(
        "the release fails",
        PATIENCE,
        () -> app.releases().getLast().path("status").asString().equals("failed"));
    assertEquals(6, dynos("slipway-test-1"));
    assertEquals("fleet-1", app.marker());
    var unset = "{\"SLIPWAY_POOLS\":null}";
    assertEquals(200, Api.call("PATCH", app.path("config-vars"), unset).status());
    app.settle();
    var told = withKey("./slipway hosts ssh slipway-test-1 -- docker ps --quiet");
    assertTrue(told.lines().count() >= 3, told);
  }

  @Test
  @Order(5)
  void aHostIsEmptiedAndNoRequestIsLost() throws Exception {
    try (var load = Steady.withSlowRequests("host drained", app)) {
      succeeds("./slipway", "hosts", "drain", "slipway-test-1");
      assertEquals(0, dynos("slipway-test-1"));
      assertEquals("drained", host("slipway-test-1").path("state").asString());
      app.push(Sources.good("fleet-2"));
      app.awaitMarker("fleet-2");
      assertEquals(0, dynos("slipway-test-1"));
      succeeds("./slipway", "hosts", "undrain", "slipway-test-1");
      load.assertNothingLost();
    }
  }

  @Test
  @Order(6)
  void aHostLosesPowerAndItsDynosRunElsewhere() throws Exception {
    assertTrue(dynos("slipway-test-2") > 0);
    var began = System.nanoTime();
    succeeds("bin/hosts", "kill", "2");
    await(
        "it is seen to be down",
        PATIENCE,
        () -> host("slipway-test-2").path("state").asString().equals("down"));
    await("its dynos run elsewhere", PATIENCE, this::allRun);
    Steady.note("host killed: dynos elsewhere\t%s\t0\t0".formatted(Steady.seconds(began)));
    // A rollout waits for nothing on a host that is down.
    app.push(Sources.good("fleet-3"));
    app.awaitMarker("fleet-3");

    succeeds("bin/hosts", "start", "2");
    await(
        "it is back",
        PATIENCE,
        () -> host("slipway-test-2").path("state").asString().equals("ready"));
    await("its router serves", PATIENCE, () -> answer(2).contains("fleet-3"));
  }

  @Test
  @Order(7)
  void aHostThatIsOtherThanBeforeIsRefused() throws Exception {
    succeeds(
        "bin/hosts",
        "ssh",
        "2",
        "rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; kill -HUP $(pgrep -o sshd)");
    var refused = run("sh", "-c", agent("./slipway hosts add ssh://root@" + address(2) + " --yes"));
    assertEquals(8, refused.status(), refused.said());
    assertTrue(refused.said().contains("HAS CHANGED"), refused.said());
  }

  @Test
  @Order(8)
  void aHostLeaves() throws Exception {
    await("dynos are there", PATIENCE, () -> movedTo("slipway-test-1"));
    var early = run("./slipway", "hosts", "remove", "slipway-test-1");
    assertEquals(5, early.status(), early.said());
    succeeds("./slipway", "hosts", "drain", "slipway-test-1");
    withKey("./slipway hosts remove slipway-test-1");
    assertTrue(host("slipway-test-1").isMissingNode());
    assertEquals("", succeeds("bin/hosts", "ssh", "1", "docker ps --all --quiet").strip());
    assertEquals("fleet-3", app.marker());
  }

  /// A rollout starts dynos where there are fewest.
  private boolean movedTo(String host) {
    if (dynos(host) == 0) {
      Api.call("DELETE", app.path("dynos"), "");
      app.settle();
    }
    return dynos(host) > 0;
  }

  /// Swarm has counted a dyno of a host that is down as running no more.
  private boolean allRun() {
    var format = "{{.Replicas}}";
    var label = "label=slipway.app=" + app.id();
    var services = Host.docker("service", "ls", "--filter", label, "--format", format).lines();
    return services.filter(each -> each.equals("1/1")).count() == 6;
  }

  private int running() {
    return IntStream.range(0, hosts().size()).map(i -> hosts().path(i).path("dynos").asInt()).sum();
  }

  private int dynos(String host) {
    return host(host).path("dynos").asInt();
  }

  private JsonNode host(String name) {
    return hosts()
        .valueStream()
        .filter(host -> host.path("name").asString().equals(name))
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  private JsonNode hosts() {
    try {
      return JSON.readTree(succeeds("./slipway", "hosts", "--json"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// What the app says through the router of a test host.
  private String answer(int number) throws Exception {
    return run(
            "curl", "-s", "-m", "5", "-H", "Host: " + app.host(), "http://" + address(number) + "/")
        .said();
  }

  private String address(int number) throws Exception {
    for (var host : JSON.readTree(succeeds("bin/hosts", "status", "--json"))) {
      if (host.path("host").asInt() == number) {
        return host.path("address").asString();
      }
    }
    throw new IllegalStateException("no host " + number);
  }

  private String withKey(String command) throws Exception {
    return succeeds("sh", "-c", agent(command));
  }

  /// With an agent that has the hosts' key, as a person's terminal would.
  private static String agent(String command) {
    return "exec ssh-agent sh -c 'ssh-add -q \"$(bin/hosts key)\" && " + command + "'";
  }

  private static String succeeds(String... command) throws Exception {
    var ended = run(command);
    assertEquals(0, ended.status(), () -> String.join(" ", command) + "\n" + ended.said());
    return ended.said();
  }

  private static Ended run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), said);
  }
}
