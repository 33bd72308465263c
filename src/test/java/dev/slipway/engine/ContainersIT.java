package dev.slipway.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Commands in a real container: input, output of both streams, exit status.
@Tag("docker")
class ContainersIT {
  private final String name = "slipway-test-" + UUID.randomUUID();
  private final DockerApi docker = new DockerApi(Path.of("/var/run/docker.sock"));
  private final Containers containers = new Containers(docker);

  @BeforeEach
  void start() {
    docker.post(
        "/containers/create?name=" + name,
        Map.of(
            "Image", "debian:trixie-slim",
            "Cmd", List.of("sleep", "300"),
            "Labels", Map.of("slipway.test", "ContainersIT")));
    docker.post("/containers/" + name + "/start", null);
  }

  @AfterEach
  void stop() throws Exception {
    containers.remove(name);
    docker.close();
  }

  @Test
  void aCommandReadsItsInputToTheEndAndGivesItsLinesAndStatus() {
    var lines = new ArrayList<String>();
    var input = new ByteArrayInputStream("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
    var status =
        containers.execute(
            name, List.of("sh", "-c", "sort -r; echo late >&2; exit 3"), input, lines::add);
    assertEquals(List.of("two", "one", "late"), lines);
    assertEquals(3, status);
  }

  @Test
  void aRemovedContainerIsNotFoundAndCanBeRemovedAgain() {
    assertTrue(containers.find(name).orElseThrow().running());
    containers.remove(name);
    assertTrue(containers.find(name).isEmpty());
    containers.remove(name);
  }

  /// The engine refuses an address in the network `bridge`, when the container is there already.
  @Test
  void aContainerThatIsNotInAllItsNetworksHasNotItsName() {
    var half =
        new ContainerSpec(
            name + "-half",
            "debian:trixie-slim",
            List.of("sleep", "300"),
            Map.of(),
            Map.of("slipway.test", "ContainersIT"),
            List.of(),
            List.of(),
            Map.of(),
            List.of(),
            List.of(
                new ContainerSpec.Attachment(name, null),
                new ContainerSpec.Attachment("bridge", "172.17.0.99")),
            null,
            ContainerSpec.Limits.NONE,
            ContainerSpec.Privileges.DEFAULT);
    docker.post("/networks/create", Map.of("Name", name));
    try {
      // Twice: what the broken attempt left is no obstacle.
      for (var attempt = 0; attempt < 2; attempt++) {
        var refused = assertThrows(DockerException.class, () -> containers.create(half));
        assertTrue(String.valueOf(refused.getMessage()).contains("user"), refused.getMessage());
        assertTrue(containers.find(half.name()).isEmpty());
      }
    } finally {
      containers.remove(half.name());
      containers.remove(half.name() + "-unfinished");
      docker.delete("/networks/" + name);
    }
  }
}
