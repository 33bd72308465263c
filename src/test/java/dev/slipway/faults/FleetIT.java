package dev.slipway.faults;

import static dev.slipway.faults.TestHosts.PATIENCE;
import static dev.slipway.faults.TestHosts.name;
import static dev.slipway.faults.TestHosts.run;
import static dev.slipway.faults.TestHosts.succeeds;
import static dev.slipway.faults.TestHosts.withKey;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.json.JsonMapper;

/// A fleet of three: this machine and two test hosts that join it, are emptied, die and leave. Each
/// test goes on where the one before it stopped.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final TestHosts hosts = TestHosts.up(2);
  private final FaultApp app = FaultApp.serving("fleet");

  @AfterAll
  void clean() {
    app.close();
    hosts.close();
  }

  @Test
  @Order(1)
  void machinesJoinAndServeEveryApp() {
    hosts.on(1, "docker info >/dev/null 2>&1 && exit 1 || exit 0");
    succeeds(
        withKey(
            "./slipway hosts add ssh://root@"
                + hosts.address(1)
                + " --pool web --label zone=a --yes"));
    var zone = "{{.Spec.Labels.zone}}";
    assertEquals("a", Host.docker("node", "inspect", "--format", zone, "slipway-test-1"));
    // Not as root, and twice.
    succeeds(withKey("./slipway hosts add ssh://deploy@" + hosts.address(2) + " --yes"));
    var again = succeeds(withKey("./slipway hosts add ssh://deploy@" + hosts.address(2)));
    assertTrue(again.contains("there already"), again);
    for (var number : List.of(1, 2)) {
      assertEquals("ready", hosts.state(number));
    }
    for (var number : List.of(1, 2)) {
      assertTrue(hosts.answer(number, app).contains("fleet"), "host " + number);
    }
  }

  @Test
  @Order(2)
  void dynosSpreadAndEveryRouterReachesThemAll() {
    var six = Api.json(Map.of("quantity", 6));
    assertEquals(200, Api.call("PATCH", app.path("formation/web"), six).status());
    await("six dynos", PATIENCE, () -> hosts.allDynos() == 6);
    app.settle();
    var own = hosts.listed(own()).path("dynos").asInt();
    // Host 1 is alone in its zone.
    assertEquals(3, hosts.dynos(1));
    assertEquals(3, own + hosts.dynos(2));
    assertTrue(own > 0 && hosts.dynos(2) > 0, () -> own + ", " + hosts.dynos(2));
    await("no dyno is held to its host", PATIENCE, FleetIT::noneIsHeld);
    for (var number : List.of(1, 2)) {
      for (var i = 0; i < 12; i++) {
        assertTrue(hosts.answer(number, app).contains("fleet"), "host " + number);
      }
    }
  }

  @Test
  @Order(3)
  void theAgentsOfAllHostsServeControl() {
    for (var number : List.of(1, 2)) {
      await("figures of " + number, PATIENCE, () -> hasFigures(number));
      var running = JSON.readTree(succeeds("./slipway", "hosts", "info", name(number), "--json"));
      assertEquals(hosts.dynos(number), running.path("running").size(), running.toString());
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
    hosts.on(2, "docker stop --time 1 slipway-agent");
    app.push(Sources.good("fleet-1"));
    app.awaitMarker("fleet-1");
    await(
        "the log names it",
        PATIENCE,
        () ->
            succeeds("./slipway", "heroku", "logs", "-a", app.name(), "-n", "200")
                .contains("Host slipway-test-2 has not pulled the image ahead"));
    hosts.on(2, "docker start slipway-agent");
    await("it is back", PATIENCE, () -> hasFigures(2));
  }

  private boolean hasFigures(int number) {
    return hosts.listed(name(number)).path("figures").isObject();
  }

  private TestHosts.Ended inside(String dyno, String command) {
    return run("./slipway", "heroku", "run:inside", dyno, "-a", app.name(), "-x", "--", command);
  }

  @Test
  @Order(4)
  void aPoolHoldsWhatIsTiedToIt() {
    app.configure(Map.of("SLIPWAY_POOLS", "web=web"));
    await("all dynos are in the pool", PATIENCE, () -> hosts.dynos(1) == 6);
    var nowhere = Api.json(Map.of("SLIPWAY_POOLS", "web=none"));
    assertEquals(200, Api.call("PATCH", app.path("config-vars"), nowhere).status());
    await(
        "the release fails",
        PATIENCE,
        () -> app.releases().getLast().path("status").asString().equals("failed"));
    assertEquals(6, hosts.dynos(1));
    assertEquals("fleet-1", app.marker());
    var unset = "{\"SLIPWAY_POOLS\":null}";
    assertEquals(200, Api.call("PATCH", app.path("config-vars"), unset).status());
    app.settle();
    var told = succeeds(withKey("./slipway hosts ssh slipway-test-1 -- docker ps --quiet"));
    assertTrue(told.lines().count() >= 3, told);
  }

  @Test
  @Order(5)
  void aHostIsEmptiedAndNoRequestIsLost() {
    try (var load = Steady.withSlowRequests("host drained", app)) {
      succeeds("./slipway", "hosts", "drain", "slipway-test-1");
      assertEquals(0, hosts.dynos(1));
      assertEquals("drained", hosts.state(1));
      app.push(Sources.good("fleet-2"));
      app.awaitMarker("fleet-2");
      assertEquals(0, hosts.dynos(1));
      succeeds("./slipway", "hosts", "undrain", "slipway-test-1");
      load.assertNothingLost();
    }
  }

  @Test
  @Order(6)
  void aHostLosesPowerAndItsDynosRunElsewhere() {
    assertTrue(hosts.dynos(2) > 0);
    var began = System.nanoTime();
    succeeds("bin/hosts", "kill", "2");
    await("it is seen to be down", PATIENCE, () -> hosts.state(2).equals("down"));
    await("its dynos run elsewhere", PATIENCE, this::allRun);
    Steady.note("host killed: dynos elsewhere\t%s\t0\t0".formatted(Steady.seconds(began)));
    // A rollout waits for nothing on a host that is down.
    app.push(Sources.good("fleet-3"));
    app.awaitMarker("fleet-3");

    succeeds("bin/hosts", "start", "2");
    await("it is back", PATIENCE, () -> hosts.state(2).equals("ready"));
    await("its router serves", PATIENCE, () -> hosts.answer(2, app).contains("fleet-3"));
  }

  @Test
  @Order(7)
  void aHostThatIsOtherThanBeforeIsRefused() {
    hosts.on(2, "rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; kill -HUP $(pgrep -o sshd)");
    var refused = run(withKey("./slipway hosts add ssh://root@" + hosts.address(2) + " --yes"));
    assertEquals(8, refused.status(), refused.said());
    assertTrue(refused.said().contains("HAS CHANGED"), refused.said());
  }

  @Test
  @Order(8)
  void aHostLeaves() {
    await("dynos are there", PATIENCE, () -> movedTo(1));
    var early = run("./slipway", "hosts", "remove", "slipway-test-1");
    assertEquals(5, early.status(), early.said());
    succeeds("./slipway", "hosts", "drain", "slipway-test-1");
    succeeds(withKey("./slipway hosts remove slipway-test-1"));
    assertTrue(hosts.listed(name(1)).isMissingNode());
    assertEquals("", hosts.on(1, "docker ps --all --quiet").strip());
    assertEquals("fleet-3", app.marker());
  }

  /// A rollout starts dynos where there are fewest.
  private boolean movedTo(int host) {
    if (hosts.dynos(host) == 0) {
      Api.call("DELETE", app.path("dynos"), "");
      app.settle();
    }
    return hosts.dynos(host) > 0;
  }

  /// Swarm has counted a dyno of a host that is down as running no more.
  private boolean allRun() {
    var format = "{{.Replicas}}";
    var label = "label=slipway.app=" + app.id();
    var services = Host.docker("service", "ls", "--filter", label, "--format", format).lines();
    return services.filter(each -> each.equals("1/1")).count() == 6;
  }

  private static boolean noneIsHeld() {
    return Host.docker("service", "ls", "--quiet", "--filter", "label=slipway.held").isEmpty();
  }

  private static String own() {
    return Host.docker("node", "inspect", "--format", "{{.Description.Hostname}}", "self");
  }
}
