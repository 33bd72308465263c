package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AccountId;
import dev.slipway.core.Secret;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What a pooler is told about those who come to it.
class PoolerFilesTest {
  private static final Instant MADE = Instant.parse("2026-12-01T00:00:00Z");
  private static final Database DATABASE =
      new Database(
          UUID.fromString("11111111-2222-3333-4444-555555555555"),
          null,
          new AccountId(UUID.randomUUID()),
          "orders-db",
          PostgresPlan.MINI,
          1,
          "node",
          Database.Stage.READY,
          "",
          List.of(new Login("u1", new Secret("p1"), MADE), new Login("u2", new Secret("p2"), MADE)),
          null,
          MADE,
          null,
          Seats.FIRST,
          null);

  @Test
  void whoComesEncryptedProvesThePasswordByScramAndWhoDoesNotCheaply() {
    var files = PoolerFiles.of(DATABASE, null);
    var settings = requireNonNull(files.get("pgbouncer.ini"));

    assertEquals(
        """
        hostssl all all all scram-sha-256
        hostnossl all all all md5
        """,
        files.get("access.txt"));
    assertTrue(settings.contains("auth_type = hba\n"));
    assertTrue(settings.contains("auth_hba_file = " + PoolerFiles.DIRECTORY + "/access.txt\n"));
  }

  @Test
  void everyLoginIsLetIn() {
    assertEquals(
        "\"u1\" \"p1\"\n\"u2\" \"p2\"\n", PoolerFiles.of(DATABASE, null).get("logins.txt"));
  }

  @Test
  void settingsComeLastSinceWhoReadsThemFindsTheOthers() {
    assertEquals("pgbouncer.ini", PoolerFiles.of(DATABASE, null).keySet().toArray()[2]);
  }
}
