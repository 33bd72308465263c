package dev.slipway.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.postgres.DockerServers;
import dev.slipway.redis.DockerInstances;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `down` takes for what.
class DownTest {
  @Test
  void databasesAreKnownByTheLabelsThatTheyHave() {
    assertEquals(List.of(DockerServers.LABEL, DockerInstances.LABEL), Down.DATABASE_LABELS);
  }
}
