package dev.slipway.hosted;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.slipway.core.AccountId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who may take what is kept.
class KeptTest {
  private static final AccountId OWNER = account();

  private final Row first = row("shop", Instant.EPOCH);
  private final Row second = row("shop", Instant.EPOCH);
  private final Row live = row("live", null);
  private final Map<UUID, Row> now = new HashMap<>();
  private final Kept<Row> kept =
      new Kept<>(
          () -> List.of(first, second, live),
          new Turns<>(id -> Optional.ofNullable(now.get(id)), row -> now.put(row.id(), row)));

  private record Row(UUID id, String name, AccountId owner, @Nullable Instant destroyedAt)
      implements Hosted {
    Row again() {
      return new Row(id, name, owner, Instant.EPOCH);
    }
  }

  private static Row row(String name, @Nullable Instant destroyedAt) {
    return new Row(UUID.randomUUID(), name, OWNER, destroyedAt);
  }

  private static AccountId account() {
    return AccountId.of(UUID.randomUUID().toString());
  }

  KeptTest() {
    List.of(first, second, live).forEach(each -> now.put(each.id(), each));
  }

  @Test
  void theLastOfANameIsTaken() {
    assertEquals(List.of(second, first), kept.of(OWNER));
    assertEquals(Optional.of(second), kept.change(OWNER, "shop", row -> row));
    assertEquals(Optional.of(first), kept.change(OWNER, first.id().toString(), row -> row));
  }

  @Test
  void whatIsInUseOrAnothersIsNot() {
    assertEquals(Optional.empty(), kept.change(OWNER, "live", row -> row));
    var stranger = account();
    assertEquals(Optional.empty(), kept.change(stranger, "shop", row -> row));
  }

  @Test
  void whatWasTakenBackMeanwhileIsNot() {
    now.put(second.id(), new Row(second.id(), "shop", OWNER, null));
    assertEquals(Optional.empty(), kept.change(OWNER, "shop", Row::again));
    assertNull(requireNonNull(now.get(second.id())).destroyedAt());
  }
}
