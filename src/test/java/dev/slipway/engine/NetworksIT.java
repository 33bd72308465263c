package dev.slipway.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;

/// Overlay networks of a real Swarm.
@Tag("docker")
class NetworksIT {
  private static final String SUBNET = "10.99.96.0/24";

  private final DockerApi docker = new DockerApi(Path.of("/var/run/docker.sock"));
  private final Networks networks = new Networks(docker);
  private final String name = "slipway-test-" + UUID.randomUUID();

  @AfterEach
  void remove() throws Exception {
    networks.remove(name);
    docker.close();
  }

  /// Swarm answers before it has given a network its addresses.
  @RepeatedTest(20)
  void aNetworkHasItsAddressesOnceItIsMade() {
    networks.create(
        new Networks.Overlay(name, SUBNET, "", 1400, Map.of("slipway.test", "NetworksIT")));
    assertEquals(List.of(SUBNET), networks.find(name).orElseThrow().subnets());
  }
}
