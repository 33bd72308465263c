package dev.slipway.faults;

import static dev.slipway.faults.TestHosts.PATIENCE;
import static dev.slipway.faults.TestHosts.run;
import static dev.slipway.faults.TestHosts.succeeds;
import static dev.slipway.faults.TestHosts.withKey;
import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Joins that go wrong, and who reaches the ports by which hosts reach each other. Hosts 1 and 2
/// join in the course of this, host 3 stays a stranger.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JoinFaultsIT {
  private static final int STEPS = 10;
  private static final int UNAVAILABLE = 8;
  private static final int CONFLICT = 5;

  /// In the foreground of nobody's terminal.
  private static final String LISTEN_80 =
      "setsid --fork perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 80, Listen => 1)"
          + " or die; sleep 300' </dev/null >/dev/null 2>&1; sleep 0.3";

  private final TestHosts hosts = TestHosts.up(3);

  /// A state of a machine in which it can't be a host.
  ///
  /// @param done what is done there
  /// @param undone how it is mended
  /// @param told what the person is told
  record Unfit(String done, String undone, String told) {
    @Override
    public String toString() {
      return told;
    }
  }

  static Stream<Unfit> unfit() {
    var dynos =
        Host.docker(
            "network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", "slipway-dynos");
    return Stream.of(
        new Unfit(
            "cp --remove-destination /usr/lib/os-release /etc/ && sed -i s/^VERSION_ID=.*/VERSION_ID=13/ /etc/os-release",
            "ln -sf ../usr/lib/os-release /etc/os-release",
            "it runs debian 13"),
        new Unfit(program("uname", "echo aarch64"), without("uname"), "it is aarch64 and this"),
        new Unfit(program("date", "exec /bin/date -d -1hour \"$@\""), without("date"), " s late"),
        new Unfit(LISTEN_80, "pkill perl", "something listens on its port 80"),
        new Unfit(
            "ip route add " + dynos + " dev lo",
            "ip route del " + dynos + " dev lo",
            "it has a route to " + dynos),
        new Unfit(
            "setsid --fork dockerd </dev/null >/var/log/dockerd.log 2>&1;"
                + " until docker info >/dev/null 2>&1; do sleep 0.2; done; docker swarm init",
            "docker swarm leave --force",
            "That machine is in another Swarm"));
  }

  private static String program(String name, String text) {
    var file = "/usr/local/bin/" + name;
    return "printf '#!/bin/sh\\n%s\\n' '" + text + "' >" + file + " && chmod +x " + file;
  }

  private static String without(String name) {
    return "rm /usr/local/bin/" + name;
  }

  @AfterAll
  void clean() {
    hosts.close();
  }

  @ParameterizedTest
  @Order(1)
  @MethodSource("unfit")
  void aMachineThatCannotBeAHostIsRefusedWithTheReason(Unfit unfit) {
    hosts.on(1, unfit.done());
    var refused = run(withKey(hosts.join(1)));
    hosts.on(1, unfit.undone());
    assertRefused(refused, unfit.told());
  }

  @Test
  @Order(2)
  void aMachineWithAFullDiskIsRefused() {
    succeeds("bin/hosts", "full", "1");
    var refused = run(withKey(hosts.join(1)));
    succeeds("bin/hosts", "roomy", "1");
    assertRefused(refused, "MB of disk left");
  }

  @Test
  @Order(2)
  void whoMayNotBeRootThereIsRefused() {
    var careful = hosts.join(1).replace("root@", "careful@");
    assertRefused(run(withKey(careful)), "sudo asks for a password");
    assertRefused(
        run("env", "-u", "SSH_AUTH_SOCK", "sh", "-c", hosts.join(1)), "There is no SSH connection");
  }

  private static void assertRefused(TestHosts.Ended ended, String told) {
    assertEquals(UNAVAILABLE, ended.status(), ended.said());
    assertTrue(ended.said().contains(told), ended.said());
  }

  /// Each time a step further; what the one before left undone is gone on with.
  @Test
  @Order(3)
  void aJoinThatIsKilledGoesOn() throws Exception {
    hosts.on(1, "nft 'table inet own { chain input { tcp dport 4711 drop; }; }'");
    for (var step = 0; step < STEPS; step++) {
      killedInStep(step);
    }
    succeeds(withKey(hosts.join(1)));
    succeeds(withKey(hosts.join(2)));
    assertEquals("ready", hosts.state(1));
    assertEquals("ready", hosts.state(2));
    assertEquals(parts(2), parts(1));
  }

  /// Once so many steps are done, and a moment more.
  private void killedInStep(int done) throws Exception {
    var join = TestHosts.start(withKey(hosts.join(1)));
    try (var lines = join.inputReader()) {
      for (var seen = 0; seen < done; ) {
        var line = lines.readLine();
        assertTrue(line != null, "it ended before step " + done);
        seen += line.startsWith("[") ? 1 : 0;
      }
      Host.pause(Duration.ofMillis(done == 0 ? 1200 : 60));
      join.descendants().forEach(ProcessHandle::destroyForcibly);
      join.destroyForcibly().waitFor();
    }
  }

  /// Each of Slipway's containers, whether it runs, and in which networks it is.
  private Set<String> parts(int number) {
    var format = "{{.Names}} {{.State}} {{.Networks}}";
    var found =
        hosts.on(number, "docker ps --all --filter label=slipway.system --format '" + format + "'");
    return new TreeSet<>(found.lines().toList());
  }

  @Test
  @Order(4)
  void ofTwoWhoAddAtOnceOneIsToldToWait() throws Exception {
    for (var second : List.of(1, 2)) {
      var first = TestHosts.start(withKey(hosts.join(1)));
      var other = TestHosts.start(withKey(hosts.join(second)));
      var ended = List.of(TestHosts.ended(first), TestHosts.ended(other));
      var statuses = ended.stream().map(TestHosts.Ended::status).sorted().toList();
      assertEquals(List.of(0, CONFLICT), statuses, ended.toString());
      succeeds(withKey(hosts.join(second)));
    }
  }

  @Test
  @Order(5)
  void theSwarmsPortsAreOpenToTheFleetAlone() {
    var manager = hosts.listed(ownName()).path("address").asString();
    var first = hosts.address(1);
    assertTrue(connects(2, manager, 2377) && connects(2, manager, 7946), "a host to the manager");
    assertTrue(connects(2, first, 7946), "a host to another");
    for (var port : List.of(2377, 7946)) {
      assertFalse(connects(3, manager, port), "a stranger to the manager's " + port);
    }
    assertFalse(connects(3, first, 7946), "a stranger to a host");
    assertTrue(connects(3, first, 80), "a stranger to the router");
    var before = dropped(1);
    hosts.on(3, "for port in 7946 4789; do echo >/dev/udp/" + first + "/$port; done");
    await("both are dropped", () -> dropped(1) == before + 2);
    assertEquals("table inet own", hosts.on(1, "nft list tables | grep own"));
    // By the program of the host's own distribution, older than the wall's.
    hosts.on(1, "nft list ruleset");
  }

  @Test
  @Order(6)
  void theRulesComeBackWhenTheyWereFlushedAndAfterALossOfPower() {
    hosts.on(1, "nft delete table inet slipway");
    await("the rules stand again", () -> isGuarded(1));
    assertFalse(connects(3, hosts.address(1), 7946));
    succeeds("bin/hosts", "kill", "1");
    await("it is down", PATIENCE, () -> hosts.state(1).equals("down"));
    var began = System.nanoTime();
    succeeds("bin/hosts", "start", "1");
    await("the rules stand again", PATIENCE, () -> isGuarded(1));
    Steady.note("host started: its ports are guarded\t%s\t0\t0".formatted(Steady.seconds(began)));
    await("it is back", PATIENCE, () -> hosts.state(1).equals("ready"));
    await("the other lets it in", PATIENCE, () -> connects(1, hosts.address(2), 7946));
    await("and the other way", PATIENCE, () -> connects(2, hosts.address(1), 7946));
    assertFalse(connects(3, hosts.address(1), 7946));
  }

  @Test
  @Order(7)
  void aHostThatLeavesIsAStranger() {
    succeeds("./slipway", "hosts", "drain", TestHosts.name(2));
    succeeds(withKey("./slipway hosts remove " + TestHosts.name(2)));
    assertFalse(isGuarded(2));
    assertEquals("", hosts.on(2, "docker ps --all --quiet; docker image ls --quiet"));
    var first = hosts.address(1);
    await("it is let in no more", () -> !connects(2, first, 7946));
  }

  private boolean isGuarded(int number) {
    return hosts.does(number, "nft list chain inet slipway input");
  }

  private boolean connects(int from, String address, int port) {
    return hosts.does(from, "timeout 2 bash -c '</dev/tcp/" + address + "/" + port + "'");
  }

  /// How many packets the rules of the host have dropped.
  private int dropped(int number) {
    var rules = hosts.on(number, "nft list chain inet slipway input");
    return Stream.of(rules.split("\n", -1))
        .filter(line -> line.contains("drop"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll(".*packets (\\d+) .*", "$1")))
        .sum();
  }

  private static String ownName() {
    return Host.docker("node", "inspect", "--format", "{{.Description.Hostname}}", "self");
  }
}
