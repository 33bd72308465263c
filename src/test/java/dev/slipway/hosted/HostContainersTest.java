package dev.slipway.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.engine.HostEngines;
import dev.slipway.engine.NodeEngines;
import dev.slipway.engine.ScriptedDocker;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which host something new comes to.
class HostContainersTest {
  @TempDir Path directory;

  @Test
  void aDrainedHostTakesNothingNewThoughItIsNamed() throws Exception {
    try (var docker = new ScriptedDocker(directory.resolve("docker"))) {
      docker.answers("GET /info", "{\"Swarm\":{\"NodeID\":\"n1\"}}");
      var hosts =
          new HostContainers(
              docker.api(), new NodeEngines(docker.api(), HostEngines.NONE), "dynos");
      docker.answers("GET /nodes", node("no"));
      assertEquals(Optional.of("n1"), hosts.choose("web-1", Map.of()));
      assertEquals(Optional.empty(), hosts.choose("web-2", Map.of()));
      docker.answers("GET /nodes", node("yes"));
      assertEquals(Optional.empty(), hosts.choose("web-1", Map.of()));
    }
  }

  private static String node(String drained) {
    return """
    [{"ID":"n1","Description":{"Hostname":"web-1"},"Status":{"State":"ready"},\
    "Spec":{"Role":"worker","Labels":{"slipway.open":"yes","slipway.drained":"%s"}}}]\
    """
        .formatted(drained);
  }
}
