package dev.slipway.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What is believed of pgBackRest's list of backups.
class RepositoryContentsTest {
  private static final RepositoryContents BEFORE = listing(backup("one", false));

  @Test
  void aNewBackupIsTheLastOne() {
    var after = listing(backup("one", false), backup("two", false));
    assertEquals(new BackupServers.Stored("two", 1000, 100), after.taken(BEFORE));
    assertEquals(2, after.whole().size());
  }

  @Test
  void aDamagedBackupIsNotTakenForTheOneBefore() {
    var after = listing(backup("one", false), backup("two", true));
    assertThrows(IllegalStateException.class, () -> after.taken(BEFORE));
    assertEquals(List.of("one"), after.whole().stream().map(it -> it.label()).toList());
  }

  @Test
  void nothingNewIsNoBackup() {
    assertThrows(IllegalStateException.class, () -> BEFORE.taken(BEFORE));
    var empty = RepositoryContents.of("[]");
    assertThrows(IllegalStateException.class, () -> empty.taken(empty));
  }

  /// pgBackRest ends well all the same.
  @Test
  void aRepositoryThatCantBeReadIsNoEmptyOne() {
    var said =
        "[{\"backup\":[],\"repo\":[{\"status\":{\"code\":99,\"message\":\"[HostConnectError]\"}}]}]";
    var unread = assertThrows(IllegalStateException.class, () -> RepositoryContents.of(said));
    assertEquals("the repository can't be read: [HostConnectError]", unread.getMessage());
    var missing = said.replace("99", "1");
    assertEquals(List.of(), RepositoryContents.of(missing).whole());
  }

  private static RepositoryContents listing(String... backups) {
    return RepositoryContents.of(
        "WARN: a word before\n[{\"backup\":[" + String.join(",", backups) + "]}]");
  }

  private static String backup(String label, boolean damaged) {
    return """
    {"label":"%s","error":%s,"info":{"size":1000,"repository":{"delta":100,"size":100}}}
    """
        .formatted(label, damaged);
  }
}
