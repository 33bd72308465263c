package dev.slipway.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Shared objects on the real Swarm.
@Tag("docker")
class SwarmConfigsIT {
  private static final Map<String, String> LABELS = Map.of("slipway.test", "configs");

  private final SwarmConfigs configs =
      new SwarmConfigs(new DockerApi(Path.of("/var/run/docker.sock")));
  private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8) + "-";

  @AfterEach
  void clean() {
    configs.named(prefix).forEach(configs::remove);
  }

  @Test
  void aNameExistsOnce() {
    assertTrue(configs.create(prefix + "1", LABELS, new byte[] {1}));
    assertFalse(configs.create(prefix + "1", LABELS, new byte[] {2}));
    assertArrayEquals(new byte[] {1}, configs.find(prefix + "1").orElseThrow().data());
    assertEquals(Optional.empty(), configs.find(prefix + "2"));
    assertEquals(Optional.empty(), configs.find(prefix));
  }

  @Test
  void theLargestFits() {
    var data = new byte[SharedObjects.LARGEST];
    new java.util.Random(1).nextBytes(data);
    assertTrue(configs.create(prefix + "large", LABELS, data));
    assertArrayEquals(data, configs.find(prefix + "large").orElseThrow().data());
  }

  @Test
  void labelsChangeForWhoSawTheNewest() {
    configs.create(prefix + "term", LABELS, "-".getBytes(UTF_8));
    var seen = configs.named(prefix).getFirst();
    assertTrue(configs.label(seen, Map.of("slipway.test", "1")));
    assertFalse(configs.label(seen, Map.of("slipway.test", "2")));
    var now = configs.find(prefix + "term").orElseThrow();
    assertEquals("1", now.label("slipway.test"));
    configs.remove(now);
    configs.remove(now);
    assertFalse(configs.label(now, LABELS));
    assertEquals(List.of(), configs.named(prefix));
  }

  @Test
  void ofManyOneIsFirst() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var round = 0; round < 10; round++) {
        var name = prefix + "race" + round;
        Callable<Boolean> create = () -> configs.create(name, LABELS, new byte[] {1});
        var wins = 0;
        for (var each : executor.invokeAll(List.of(create, create, create, create))) {
          wins += each.get() ? 1 : 0;
        }
        assertEquals(1, wins);
      }
    }
  }
}
