package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerSpec.Attachment;
import dev.slipway.engine.ContainerSpec.Limits;
import dev.slipway.engine.ContainerSpec.Privileges;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Images;
import dev.slipway.engine.Networks;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The wall in a real overlay network: dynos reach no dyno, the router reaches all.
@Tag("docker")
class WallIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String SERVE =
      "use IO::Socket::INET; $s = IO::Socket::INET->new(Listen => 5, LocalPort => 8000);"
          + " while ($c = $s->accept) { print $c \"hello\\n\"; close $c }";
  private static final Map<String, String> LABELS = Map.of("slipway.test", "WallIT");

  private final DockerApi docker = new DockerApi(EngineSetup.SOCKET);
  private final Containers containers = new Containers(docker);
  private final Networks networks = new Networks(docker);
  private final String prefix = "slipway-test-wall-" + UUID.randomUUID().toString().substring(0, 8);
  private final String network = prefix + "-net";
  private final Cidr block = Cidr.parse("10.99.64.0/20");
  private final String dyno1 = block.upperHalf().host(11);
  private final String dyno2 = block.upperHalf().host(12);

  @BeforeEach
  void build() {
    new SystemImages(new Images(docker), Checkout.ofThisCode()).ensure("wall");
    networks.create(
        new Networks.Overlay(
            network, block.toString(), block.upperHalf().toString(), 1400, LABELS));
    var found = networks.find(network).orElseThrow();
    run(
        new SystemParts(new Home(Home.DEFAULT), found, 2, "", 1, 1L << 30).spec("wall"),
        prefix + "-wall");
    runPeers();
  }

  @AfterEach
  void clean() throws Exception {
    for (var name : List.of("-dyno1", "-dyno2", "-router", "-wall")) {
      containers.remove(prefix + name);
    }
    assertTrue(Waiting.until(PATIENCE, () -> networks.remove(network)));
    docker.close();
  }

  @Test
  void dynosReachNoDynoAndTheRouterReachesAll() {
    assertTheWallStands();
  }

  @Test
  void dynosReachNotTheImageServerOfTheRouter() {
    assertTheWallStands();
    var serve = "perl -e '" + SERVE.replace("8000", "5000") + "' >/dev/null 2>&1 &";
    assertEquals(0, execute("-router", List.of("sh", "-c", serve)));
    assertTrue(Waiting.until(PATIENCE, () -> reaches("-router", block.host(2), 5000)));
    assertTrue(reaches("-dyno1", block.host(2)), "another port of the router");
    assertFalse(reaches("-dyno1", block.host(2), 5000));
    assertFalse(reaches("-dyno2", block.host(2), 5000));
  }

  @Test
  void theWallStandsAgainWhenItWasTakenDown() {
    assertTheWallStands();
    assertEquals(0, inNamespace("nft delete table bridge slipway"));
    // Asked of the kernel: on a busy machine a connection that is let through can be late, too.
    assertTrue(Waiting.until(PATIENCE, () -> inNamespace("nft list table bridge slipway") == 0));
    assertTheWallStands();
  }

  @Test
  void theWallStandsInANamespaceThatWasMadeAnew() {
    assertTheWallStands();
    for (var name : List.of("-dyno1", "-dyno2", "-router")) {
      containers.remove(prefix + name);
    }
    runPeers();
    assertTheWallStands();
  }

  /// Reachable first by the router, so that a refusal is the wall's and not a slow start's.
  private void assertTheWallStands() {
    assertTrue(Waiting.until(PATIENCE, () -> reaches("-router", dyno2)), "router to dyno");
    assertTrue(Waiting.until(PATIENCE, () -> !reaches("-dyno1", dyno2)), "dyno to dyno");
    for (var round = 0; round < 3; round++) {
      assertFalse(reaches("-dyno1", dyno2));
      assertFalse(reaches("-dyno2", dyno1));
      assertTrue(reaches("-router", dyno1));
    }
  }

  /// Runs a command where the wall stands.
  private int inNamespace(String command) {
    var namespace = "1-" + networks.find(network).orElseThrow().id().substring(0, 10);
    var find =
        "for p in /proc/[0-9]*; do n=$p/root/run/docker/netns/"
            + namespace
            + "; if [ -e $n ]; then exec nsenter --net=$n "
            + command
            + "; fi; done; exit 9";
    return execute("-wall", List.of("sh", "-c", find));
  }

  private boolean reaches(String from, String address) {
    return reaches(from, address, 8000);
  }

  private boolean reaches(String from, String address, int port) {
    var connect =
        "timeout 0.5 bash -c 'exec 3<>/dev/tcp/" + address + "/" + port + "; read -u 3 line'";
    return execute(from, List.of("bash", "-c", connect + " 2>&1 >/dev/null")) == 0;
  }

  private int execute(String container, List<String> command) {
    return containers.execute(prefix + container, command, InputStream.nullInputStream(), _ -> {});
  }

  private void runPeers() {
    peer("-dyno1", dyno1);
    peer("-dyno2", dyno2);
    peer("-router", block.host(2));
  }

  private void peer(String name, String address) {
    run(
        new ContainerSpec(
            prefix + name,
            BaseImage.name(),
            List.of("perl", "-e", SERVE),
            Map.of(),
            LABELS,
            List.of(),
            List.of(),
            Map.of(),
            List.of(),
            List.of(new Attachment(network, address)),
            null,
            Limits.NONE,
            Privileges.DEFAULT),
        prefix + name);
  }

  private void run(ContainerSpec spec, String name) {
    containers.create(
        new ContainerSpec(
            name,
            spec.image(),
            spec.command(),
            spec.environment(),
            LABELS,
            spec.mounts(),
            spec.temporary(),
            spec.kernelSettings(),
            spec.ports(),
            spec.attachments(),
            spec.inside(),
            spec.limits(),
            spec.privileges()));
    containers.start(name);
  }
}
