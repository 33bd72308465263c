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
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// Hosts whose address changes: this machine's, as the only manager and as one of three, and those
/// of test hosts. Each test goes on where the one before it stopped.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReaddressIT {
  private static final String NODE = "{{.Status.Addr}} {{with .ManagerStatus}}{{.Addr}}{{end}}";

  private final TestHosts hosts = TestHosts.up(2);
  private final FaultApp app = FaultApp.serving("first");
  private final String device = shell("ip -4 -o route show default | awk '{ print $5; exit }'");
  private final String before = Host.docker("info", "--format", "{{.Swarm.NodeAddr}}");
  private final String other = before.substring(0, before.lastIndexOf('.')) + ".201";
  private final String network =
      shell("ip -4 -o route show dev slipway-hosts | awk '{ print $1 }'");

  @BeforeAll
  void aFleet() {
    succeeds(withKey(hosts.join(1)));
    succeeds(withKey(hosts.join(2)));
    var six = Api.json(Map.of("quantity", 6));
    assertEquals(200, Api.call("PATCH", app.path("formation/web"), six).status());
    await("six dynos", PATIENCE, () -> hosts.allDynos() == 6);
    app.settle();
  }

  @AfterAll
  void clean() {
    run("bin/hosts", "move", "1", "10.213.0.11");
    app.close();
    hosts.close();
    unplug();
    run("./slipway", "hosts", "readdress", before, "--yes");
    run("ip", "addr", "del", other + "/32", "dev", device);
  }

  /// The hosts reach this machine by the new address alone, and it sends to them from that.
  private void move(String from, String to) {
    unplug();
    shell("ip -4 addr | grep -qF ' " + to + "/' || ip addr add " + to + "/32 dev " + device);
    shell("ip route replace " + network + " dev slipway-hosts src " + to);
    shell("iptables -w -I INPUT -i slipway-hosts -d " + from + " -j DROP");
  }

  private void unplug() {
    for (var address : List.of(before, other)) {
      run("iptables", "-w", "-D", "INPUT", "-i", "slipway-hosts", "-d", address, "-j", "DROP");
    }
  }

  @Test
  @Order(1)
  void whatCanNotBeIsRefused() {
    var no = run("./slipway", "hosts", "readdress", other, "--yes");
    assertEquals(8, no.status(), no.said());
    assertTrue(no.said().contains("has no address " + other), no.said());
    assertEquals(2, run("./slipway", "hosts", "readdress", "host.example.com", "--yes").status());
    var plan = succeeds("./slipway", "hosts", "readdress", before, "--dry-run");
    assertTrue(plan.contains("already"), plan);
  }

  @Test
  @Order(2)
  void theOnlyManagersAddressChanges() {
    var dynos = dynosOn(1);
    assertTrue(!dynos.isEmpty(), "there are dynos on host 1");
    move(before, other);
    readdress("the only manager's address", other);
    assertEquals(
        other + " " + other + ":2377", Host.docker("node", "inspect", "--format", NODE, "self"));
    assertEquals(dynos, dynosOn(1));
    assertServes("second");
    assertEquals(
        "worker worker",
        hosts.listed(name(1)).path("role").asString()
            + " "
            + hosts.listed(name(2)).path("role").asString());
  }

  @Test
  @Order(3)
  void aWorkersAddressChanges() {
    succeeds("bin/hosts", "move", "1", "10.213.0.111");
    readdress("a worker's address", "slipway-test-1 10.213.0.111");
    assertEquals("10.213.0.111", hosts.listed(name(1)).path("address").asString());
    assertEquals("ssh://root@10.213.0.111", hosts.listed(name(1)).path("ssh").asString());
    assertServes("third");
  }

  /// Hosts that were away for a while find it too.
  @Test
  @Order(4)
  void aHostThatWasCutOffFollowsLater() {
    succeeds("bin/hosts", "cut", "2");
    await("it is missed", PATIENCE, () -> hosts.state(2).equals("down"));
    move(other, before);
    var said = readdress("back, while a host is cut off", before);
    assertTrue(said.contains("not yet: slipway-test-2"), said);
    succeeds("bin/hosts", "heal", "2");
    readdress("the host that was cut off follows", before);
    assertServes("fourth");
  }

  @Test
  @Order(5)
  @Disabled(
      "the others redial a manager that was away after two minutes; not seen to pass since they are waited for that long")
  void oneOfThreeManagersChangesItsAddress() {
    succeeds(withKey("./slipway hosts promote slipway-test-1"));
    succeeds(withKey("./slipway hosts promote slipway-test-2"));
    succeeds("bin/hosts", "move", "1", "10.213.0.11");
    readdress("a manager's address, of three", "slipway-test-1 10.213.0.11");
    assertEquals(
        "10.213.0.11 10.213.0.11:2377", Host.docker("node", "inspect", "--format", NODE, name(1)));
    assertAnswers("fourth");
    move(before, other);
    readdress("this machine's address, one of three managers", other);
    assertEquals(
        other + " " + other + ":2377", Host.docker("node", "inspect", "--format", NODE, "self"));
    assertAnswers("fourth");
    move(other, before);
    readdress("and back", before);
    for (var number : List.of(2, 1)) {
      await("host " + number + " is no manager", PATIENCE, () -> demoted(number));
    }
    assertServes("sixth");
  }

  private boolean demoted(int number) {
    return run(withKey("./slipway hosts demote slipway-test-" + number)).status() == 0;
  }

  private String readdress(String fault, String words) {
    var began = System.nanoTime();
    var said = succeeds(withKey("./slipway hosts readdress " + words + " --yes"));
    Steady.note(fault + " changes\t" + Steady.seconds(began) + "\t0\t0");
    return said;
  }

  /// Each host answers, a deploy goes live, and then nothing is lost for some seconds.
  private void assertServes(String marker) {
    for (var number : List.of(1, 2)) {
      await("host " + number, PATIENCE, () -> hosts.state(number).equals("ready"));
      await("router " + number, PATIENCE, () -> hosts.answer(number, app).contains(app.name()));
    }
    await("control", PATIENCE, Api::answers);
    app.settle();
    try (var load = Steady.during("deploy after a change of address", app)) {
      app.push(Sources.good(marker));
      app.awaitMarker(marker);
      load.assertNothingLost();
    }
    for (var number : List.of(1, 2)) {
      for (var i = 0; i < 12; i++) {
        assertTrue(hosts.answer(number, app).contains(marker), "host " + number);
      }
    }
  }

  private void assertAnswers(String marker) {
    for (var number : List.of(1, 2)) {
      await("router " + number, PATIENCE, () -> hosts.answer(number, app).contains(marker));
    }
    app.awaitMarker(marker);
  }

  private Set<String> dynosOn(int number) {
    var ids = hosts.on(number, "docker ps --quiet --filter label=slipway.app=" + app.id());
    return new TreeSet<>(ids.lines().toList());
  }

  private static String shell(String command) {
    return succeeds("sh", "-c", command).strip();
  }
}
