package dev.slipway.faults;

import static dev.slipway.faults.TestHosts.PATIENCE;
import static dev.slipway.faults.TestHosts.run;
import static dev.slipway.faults.TestHosts.succeeds;
import static dev.slipway.faults.TestHosts.withKey;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
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

/// Three managers: this machine and two test hosts. Control dies here, and then the host that took
/// over loses its power: each time another one deploys on, and nothing that was acknowledged is
/// lost. Each test goes on where the one before it stopped.

@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TakeoverIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final double BAR_SECONDS = 30;
  private static final String ACCEPT = " -H 'Accept: application/vnd.heroku+json; version=3'";

  private final TestHosts hosts = TestHosts.up(2);
  private final FaultApp app = FaultApp.serving("takeover");
  private final List<String> acknowledged = new CopyOnWriteArrayList<>();
  private int next;
  private int first;

  @BeforeAll
  void threeManagers() throws Exception {
    for (var number : List.of(1, 2)) {
      succeeds(withKey("./slipway hosts add ssh://root@" + hosts.address(number) + " --yes"));
    }
    var six = Api.json(java.util.Map.of("quantity", 6));
    assertEquals(200, Api.call("PATCH", app.path("formation/web"), six).status());
    app.settle();
    for (var number : List.of(1, 2)) {
      succeeds(withKey("./slipway hosts promote slipway-test-" + number));
    }
  }

  /// Control is back on this machine before hosts leave.
  @AfterAll
  void oneManager() throws Exception {
    run("docker", "update", "--restart=always", Host.CONTROL);
    run("docker", "start", Host.CONTROL);
    for (var number : List.of(1, 2)) {
      run("bin/hosts", "start", Integer.toString(number));
    }
    for (var number : List.of(2, 1)) {
      await("host " + number + " is no manager", PATIENCE, () -> demoted(number));
    }
    await("control runs here", PATIENCE, () -> run("./slipway", "status").status() == 0);
    app.close();
    hosts.close();
  }

  private boolean demoted(int number) throws Exception {
    return run(withKey("./slipway hosts demote slipway-test-" + number)).status() == 0;
  }

  @Test
  @Order(1)
  void controlDiesHereAndATestHostTakesOver() throws Exception {
    var stop = new AtomicBoolean();
    var writer = Thread.ofPlatform().start(() -> writeHere(stop));
    await("some are acknowledged", PATIENCE, () -> acknowledged.size() >= 5);
    Host.docker("update", "--restart=no", Host.CONTROL);
    var began = System.nanoTime();
    Host.docker("kill", Host.CONTROL);
    stop.set(true);
    writer.join();
    first = awaitTaken("control killed", began, 1, 2);
    assertNothingLost(first);
  }

  @Test
  @Order(2)
  void theOldOneIsFencedAndChangesNothing() throws Exception {
    var before = succeeds("docker", "config", "ls", "--filter", "name=slipway-control-", "-q");
    Host.docker("update", "--restart=always", Host.CONTROL);
    Host.docker("start", Host.CONTROL);
    await(
        "it stands by",
        PATIENCE,
        () -> run("docker", "logs", "--tail", "3", Host.CONTROL).said().contains("standing by"));
    Host.pause(Duration.ofSeconds(12));
    assertEquals(
        before, succeeds("docker", "config", "ls", "--filter", "name=slipway-control-", "-q"));
    var format = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
    assertEquals("bridge", Host.docker("inspect", "--format", format, Host.CONTROL));
    assertEquals("false", Host.docker("inspect", "--format", "{{.State.Running}}", Host.REGISTRY));
    assertNothingLost(first);
  }

  @Test
  @Order(3)
  void aFrozenOneFindsItselfFenced() throws Exception {
    var other = 3 - first;
    onHost(first, "docker pause slipway-control");
    var began = System.nanoTime();
    awaitHolder(0, other);
    Steady.note("control frozen: the term is another's\t%s\t0\t0".formatted(Steady.seconds(began)));
    onHost(first, "docker unpause slipway-control");
    await(
        "it has seen that",
        PATIENCE,
        () -> onHost(first, "docker logs --tail 20 slipway-control 2>&1").contains("standing by"));
  }

  @Test
  @Order(4)
  void theHostThatTookOverLosesItsPower() throws Exception {
    var second = holderAmongTestHosts();
    setThere(second, name());
    var began = System.nanoTime();
    succeeds("bin/hosts", "kill", Integer.toString(second));
    var taker = awaitTaken("control's host without power", began, 0, 3 - second);
    assertNothingLost(taker);
    succeeds("bin/hosts", "start", Integer.toString(second));
    await(
        "it is back, and stands by",
        PATIENCE,
        () -> onHost(second, "docker logs --tail 20 slipway-control 2>&1").contains("standing by"));
    assertNothingLost(taker);
  }

  /// No control is left: a deploy on this machine takes the term and gives it back.
  @Test
  @Order(5)
  void withoutAnyControlADirectDeployTakesTheTerm() throws Exception {
    for (var number : List.of(1, 2)) {
      onHost(number, "docker update --restart=no slipway-control; docker kill slipway-control");
    }
    Host.docker("update", "--restart=no", Host.CONTROL);
    Host.docker("kill", Host.CONTROL);
    var began = System.nanoTime();
    var said = succeeds("./slipway", "deploy", "--direct", "-a", app.name(), "v2");
    assertTrue(said.contains("is live"), said);
    Steady.note(
        "no control left: a release by a direct deploy\t" + Steady.seconds(began) + "\t0\t0");
    onHost(1, "docker update --restart=always slipway-control; docker start slipway-control");
    var taker = awaitAcknowledged(0, 1);
    var releases = releases(taker);
    assertTrue(releases.toString().contains("Rollback to v2"), releases.toString());
    onHost(2, "docker update --restart=always slipway-control; docker start slipway-control");
  }

  /// Whichever control runs now: where it is this machine's, a test host is given the term.
  private int holderAmongTestHosts() throws Exception {
    if (holder() == 0) {
      Host.docker("update", "--restart=no", Host.CONTROL);
      Host.docker("kill", Host.CONTROL);
      awaitHolder(1, 2);
      Host.docker("update", "--restart=always", Host.CONTROL);
      Host.docker("start", Host.CONTROL);
    }
    var holder = holder();
    await("it answers", PATIENCE, () -> !api(holder, "GET", "config-vars", "").isEmpty());
    return holder;
  }

  private String name() {
    return "KEPT_" + next++;
  }

  private void writeHere(AtomicBoolean stop) {
    while (!stop.get()) {
      var name = name();
      try {
        if (setThere(0, name).contains(name)) {
          acknowledged.add(name);
        }
      } catch (Exception gone) {
        // What has no answer is not acknowledged.
      }
    }
  }

  /// Sets a config var by whichever host's control takes it, and waits until its release is live.
  ///
  /// @return the host
  private int awaitTaken(String fault, long since, int... hosts) throws Exception {
    var taker = awaitAcknowledged(hosts);
    var seconds = (System.nanoTime() - since) / 1e9;
    Steady.note(fault + ": another manager takes a release\t%.1f\t0\t0".formatted(seconds));
    await("it is live", PATIENCE, () -> isLive(taker));
    Steady.note(fault + ": it is live on 6 dynos\t" + Steady.seconds(since) + "\t0\t0");
    assertTrue(seconds <= BAR_SECONDS, seconds + " s");
    return taker;
  }

  private int awaitAcknowledged(int... hosts) throws Exception {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      for (var host : hosts) {
        var name = name();
        if (setThere(host, name).contains(name)) {
          acknowledged.add(name);
          return host;
        }
      }
      Host.pause(Duration.ofMillis(200));
    }
    throw new AssertionError("nobody took over");
  }

  private boolean isLive(int host) throws Exception {
    var newest = releases(host);
    return newest.path(newest.size() - 1).path("status").asString("").equals("succeeded");
  }

  private JsonNode releases(int host) throws Exception {
    return JSON.readTree(api(host, "GET", "releases", ""));
  }

  private void assertNothingLost(int host) throws Exception {
    var there = api(host, "GET", "config-vars", "");
    for (var name : acknowledged) {
      assertTrue(there.contains(name), () -> name + " is lost: " + there);
    }
  }

  private String setThere(int host, String name) throws Exception {
    return api(host, "PATCH", "config-vars", "{\"" + name + "\":\"1\"}");
  }

  /// What control on that host answers; 0 is this machine. Empty where it does not.
  private String api(int host, String method, String path, String body) throws Exception {
    var key = Files.readString(Path.of("/var/lib/slipway/secrets/api-key")).strip();
    var headers = "-H 'Authorization: Bearer " + key + "' -H 'Content-Type: application/json'";
    var data = body.isEmpty() ? "" : " -d '" + body + "'";
    var url = " http://127.0.0.1:7080" + app.path(path);
    var line = "curl -sS -f -m 10 -X " + method + " " + headers + ACCEPT + data + url;
    var ended = host == 0 ? run("sh", "-c", line) : run("bin/hosts", "ssh", "" + host, line);
    return ended.status() == 0 ? ended.said() : "";
  }

  private int holder() throws Exception {
    var ids = succeeds("docker", "config", "ls", "--filter", "name=slipway-control-", "-q");
    var last = ids.lines().toList().getLast();
    var node =
        Host.docker(
            "config", "inspect", "--format", "{{index .Spec.Labels \"slipway.holder\"}}", last);
    var name = Host.docker("node", "inspect", "--format", "{{.Description.Hostname}}", node);
    return name.startsWith("slipway-test-") ? name.charAt(name.length() - 1) - '0' : 0;
  }

  private void awaitHolder(int... hosts) {
    await(
        "another one holds the term",
        PATIENCE,
        () -> java.util.Arrays.stream(hosts).anyMatch(host -> is(host)));
  }

  private boolean is(int host) {
    try {
      return holder() == host;
    } catch (Exception e) {
      return false;
    }
  }

  private String onHost(int number, String command) throws Exception {
    return run("bin/hosts", "ssh", Integer.toString(number), command).said();
  }
}
