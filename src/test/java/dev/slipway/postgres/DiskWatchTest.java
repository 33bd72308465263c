package dev.slipway.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AccountId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// On servers that are only remembered.
class DiskWatchTest {
  private final FakeServers servers = new FakeServers();
  private final DiskWatch disks = new DiskWatch(servers);
  private final List<String> told = new ArrayList<>();

  private final Database database =
      new Database(
          UUID.randomUUID(),
          UUID.randomUUID(),
          AccountId.of(UUID.randomUUID().toString()),
          "postgresql-clear-1",
          PostgresPlan.MINI,
          0,
          "node",
          Database.Stage.READY,
          "",
          List.of(Login.create(Instant.EPOCH)),
          null,
          Instant.EPOCH,
          null,
          Seats.FIRST,
          null);

  @Test
  void aDiskThatIsNearlyFullIsToldOnceAndWhenItHasRoomAgain() {
    look();
    assertEquals(List.of(), told);
    servers.free = 90;
    look();
    servers.free = 80;
    look();
    assertEquals(80, disks.low(database).orElseThrow().freeMegabytes());
    assertEquals(1, told.size());
    assertTrue(told.getFirst().contains("90 MB free"), told.getFirst());
    assertTrue(told.getFirst().contains("takes no changes"), told.getFirst());
    servers.free = 1000;
    look();
    look();
    assertTrue(disks.low(database).isEmpty());
    assertEquals(2, told.size());
    assertTrue(told.getLast().endsWith("takes changes again"), told.getLast());
  }

  private void look() {
    disks.look(database, room -> told.add(room.sentence()));
  }
}
