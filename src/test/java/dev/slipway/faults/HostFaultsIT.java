package dev.slipway.faults;

import static dev.slipway.faults.TestHosts.PATIENCE;
import static dev.slipway.faults.TestHosts.name;
import static dev.slipway.faults.TestHosts.succeeds;
import static dev.slipway.faults.TestHosts.withKey;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// What goes wrong on one host of three, and what the others and the requests notice.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostFaultsIT {
  /// Again, where what the one before left keeps it from starting.
  private static final String START_ENGINE =
      "until docker info >/dev/null 2>&1; do pgrep -x dockerd >/dev/null"
          + " || setsid --fork dockerd </dev/null >>/var/log/dockerd.log 2>&1; sleep 1; done";

  private static final String STOP_ENGINE =
      "engine=$(pgrep -o -x dockerd); kill $engine; while [ -e /proc/$engine ]; do sleep 0.1; done";

  private final TestHosts hosts = TestHosts.up(2);
  private final FaultApp app = FaultApp.create();

  @BeforeAll
  void join() {
    for (var number : List.of(1, 2)) {
      succeeds(withKey(hosts.join(number)));
    }
    var source = new HashMap<>(Sources.good("one"));
    source.put("Procfile", "web: node server.js\nclock: sleep 100000\n");
    assertTrue(app.push(source).accepted());
    quantity("web", 6);
    app.settle();
  }

  @AfterAll
  void clean() {
    app.close();
    hosts.close();
  }

  /// Without its host's name in it, a dyno that starts again may come to a host that is open again.
  @Test
  @Order(1)
  void whatStartedWhileAHostWasDrainedMayComeToItLater() {
    var drained = List.of(own(), name(1));
    drained.forEach(host -> succeeds("./slipway", "hosts", "drain", host));
    quantity("clock", 1);
    app.settle();
    assertEquals(7, hosts.dynos(2));
    var before = tasks();
    drained.forEach(host -> succeeds("./slipway", "hosts", "undrain", host));
    assertFalse(constraints().contains("node.id!="), constraints());
    Host.pause(Duration.ofSeconds(3));
    assertEquals(before, tasks());
  }

  /// Its dynos end with it, and with them what they were answering.
  @Test
  @Order(2)
  void theEngineOfAHostStartsAnew() {
    spread();
    try (var load = Steady.during("engine of a host restarted", app)) {
      hosts.on(2, STOP_ENGINE);
      var began = System.nanoTime();
      hosts.on(2, START_ENGINE);
      await("its router serves", PATIENCE, () -> hosts.answer(2, app).contains("one"));
      note("engine of a host restarted: its router serves", began);
      await("it is ready", PATIENCE, () -> hosts.state(2).equals("ready"));
      await("all dynos run", PATIENCE, this::allRun);
      note("engine of a host restarted: all dynos run", began);
      load.ended();
    }
  }

  @Test
  @Order(3)
  void theRouterOfAHostIsKilled() {
    await("it serves", PATIENCE, () -> hosts.answer(2, app).contains("one"));
    try (var load = Steady.during("router of a host killed", app)) {
      hosts.on(2, "kill -9 $(docker inspect --format '{{.State.Pid}}' slipway-router)");
      var began = System.nanoTime();
      await("it serves again", PATIENCE, () -> hosts.answer(2, app).contains("one"));
      note("router of a host killed: it serves again", began);
      load.assertNothingLost();
    }
  }

  /// While it is cut off, its dyno runs on, and another in its place: nobody can end the one there.
  @Test
  @Order(4)
  void aHostIsCutOffAndComesBack() {
    onHost2("clock");
    try (var load = Steady.during("host cut off and healed", app)) {
      var cut = System.nanoTime();
      succeeds("bin/hosts", "cut", "2");
      await("it is down", PATIENCE, () -> hosts.state(2).equals("down"));
      await("all dynos run elsewhere", PATIENCE, () -> allRun() && clocks(1) + ownClocks() == 1);
      note("host cut off: dynos elsewhere", cut);
      succeeds("bin/hosts", "heal", "2");
      var healed = System.nanoTime();
      await("one clock is left", PATIENCE, () -> clocks(2) == 0);
      note("host healed: the second of a kind is gone", healed);
      for (var second = 0; second < 10; second++) {
        assertEquals(1, ownClocks() + clocks(1) + clocks(2));
        Host.pause(Duration.ofSeconds(1));
      }
      await("it is ready", PATIENCE, () -> hosts.state(2).equals("ready"));
      await("its router serves", PATIENCE, () -> hosts.answer(2, app).contains("one"));
      note("host healed: its router serves", healed);
      load.ended();
    }
    assertEquals(7, app.services().size());
  }

  @Test
  @Order(5)
  void theImageServerIsKilledWhileHostsServe() {
    try (var load = Steady.during("image server killed, hosts serve", app)) {
      Host.kill(Host.REGISTRY);
      Host.pause(Duration.ofSeconds(1));
      app.push(Sources.good("two"));
      app.awaitMarker("two");
      load.assertNothingLost();
    }
  }

  @Test
  @Order(6)
  void controlIsKilledWhileARolloutGoesOverAllHosts() {
    spread();
    Host.awaitLongLife(Host.CONTROL);
    try (var load = Steady.withSlowRequests("control killed in a fleet's rollout", app)) {
      app.repository().commit(Sources.good("three"));
      var push =
          app.repository()
              .pushing(
                  "HEAD:main",
                  line -> {
                    if (line.contains("Launching")) {
                      Host.pause(Duration.ofMillis(400));
                      Host.kill(Host.CONTROL);
                    }
                  });
      push.join();
      await("the API is back", PATIENCE, Api::answers);
      await("the new code serves", PATIENCE, () -> app.marker().equals("three"));
      app.settle();
      load.assertNothingLost();
    }
    for (var number : List.of(1, 2)) {
      assertTrue(hosts.answer(number, app).contains("three"));
    }
  }

  /// As when all hosts were without power and the managers come up later: the engine tries what is
  /// in the Swarm's networks once, and gives up.
  @Test
  @Order(7)
  void anEngineThatStartsBeforeItsManagersAnswer() {
    var marker = app.marker();
    hosts.on(
        2,
        "setsid --fork sh -c 'sleep 2; %s; %s' </dev/null >/dev/null 2>&1"
            .formatted(STOP_ENGINE, START_ENGINE));
    succeeds("bin/hosts", "cut", "2");
    Host.pause(Duration.ofSeconds(60));
    succeeds("bin/hosts", "heal", "2");
    var healed = System.nanoTime();
    await("its router serves", PATIENCE, () -> hosts.answer(2, app).contains(marker));
    note("engine started before its managers answered: the router serves", healed);
    await("it is ready", PATIENCE, () -> hosts.state(2).equals("ready"));
    await("all dynos run", PATIENCE, this::allRun);
  }

  private void quantity(String type, int quantity) {
    var asked = Api.json(Map.of("quantity", quantity));
    assertEquals(200, Api.call("PATCH", app.path("formation/" + type), asked).status());
    await("as many", PATIENCE, () -> counted(type) == quantity);
  }

  private long counted(String type) {
    return app.list("dynos").stream()
        .filter(dyno -> dyno.path("type").asString().equals(type))
        .count();
  }

  /// A rollout starts dynos where there are fewest.
  private void spread() {
    Api.call("DELETE", app.path("dynos"), "");
    app.settle();
    assertTrue(hosts.dynos(2) > 0 && hosts.dynos(1) > 0);
  }

  /// By closing the others for as long as it takes to start.
  private void onHost2(String type) {
    var others = List.of(own(), name(1));
    quantity(type, 0);
    for (var host : others) {
      Host.docker("node", "update", "--label-add", "slipway.drained=yes", host);
    }
    quantity(type, 1);
    app.settle();
    others.forEach(host -> succeeds("./slipway", "hosts", "undrain", host));
    assertEquals(1, clocks(2));
  }

  private long clocks(int number) {
    var found = hosts.on(number, "docker ps --quiet --filter name=" + clock());
    return found.lines().filter(line -> !line.isBlank()).count();
  }

  private long ownClocks() {
    var found = Host.docker("ps", "--quiet", "--filter", "name=" + clock());
    return found.lines().filter(line -> !line.isBlank()).count();
  }

  private String clock() {
    return app.id().replace("-", "").substring(0, 12) + "-clock-";
  }

  private boolean allRun() {
    var label = "label=slipway.app=" + app.id();
    var found = Host.docker("service", "ls", "--filter", label, "--format", "{{.Replicas}}");
    return !found.isBlank() && found.lines().allMatch(each -> each.equals("1/1"));
  }

  /// The tasks that run, by their ids.
  private Set<String> tasks() {
    var all = new TreeSet<String>();
    app.services()
        .forEach(service ->
            all.add(
                Host.docker(
                    "service", "ps", "--quiet", "--filter", "desired-state=running", service)));
    return all;
  }

  private String constraints() {
    var format = "{{.Spec.TaskTemplate.Placement.Constraints}}";
    return String.join(
        "\n",
        app.services().stream()
            .map(service -> Host.docker("service", "inspect", "--format", format, service))
            .toList());
  }

  private static String own() {
    return Host.docker("node", "inspect", "--format", "{{.Description.Hostname}}", "self");
  }

  private static void note(String fault, long since) {
    Steady.note(fault + "\t" + Steady.seconds(since) + "\t0\t0");
  }
}
