package dev.slipway.takeover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.FakeObjects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// When a term is taken, and by whom.
class StandbyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final long SECOND = 1_000_000_000;

  private final FakeObjects objects = new FakeObjects();
  private final List<String> lost = new ArrayList<>();

  private Standby standby(String node) {
    return new Standby(
        objects, node, PATIENCE, () -> true, why -> lost.add(node + ": " + why), () -> {});
  }

  @Test
  void theFirstTermIsTakenByWhoHasTheState() {
    var none = new Standby(objects, "b", PATIENCE, () -> false, lost::add, () -> {});
    assertEquals(Optional.empty(), none.look(0));
    assertEquals(1, standby("a").look(0).orElseThrow().number());
  }

  @Test
  void aHolderThatLivesIsWaitedFor() {
    var holder = standby("a").look(0).orElseThrow();
    var other = standby("b");
    for (var second = 0; second < 60; second++) {
      assertEquals(Optional.empty(), other.look(second * SECOND));
      holder.beatOnce();
    }
    assertEquals(List.of(), lost);
  }

  @Test
  void aSilentHolderIsReplacedAndFenced() {
    var holder = standby("a").look(0).orElseThrow();
    var other = standby("b");
    for (var second = 0; second < 8; second++) {
      assertEquals(Optional.empty(), other.look(second * SECOND));
    }
    assertEquals(2, other.look(8 * SECOND).orElseThrow().number());
    assertThrows(IllegalStateException.class, holder::check);
    assertThrows(IllegalStateException.class, holder::check);
    assertEquals(1, lost.size(), lost::toString);
    // It leaves the other's term as it is.
    var seen = Term.newest(objects);
    holder.beatOnce();
    assertEquals(seen, Term.newest(objects));
  }

  @Test
  void noTimePassesWhileTheManagersAreSilent() {
    assertTrue(standby("a").look(0).isPresent());
    var other = standby("b");
    assertEquals(Optional.empty(), other.look(0));
    objects.down(true);
    assertEquals(Optional.empty(), other.look(SECOND));
    objects.down(false);
    assertEquals(Optional.empty(), other.look(100 * SECOND));
    assertEquals(Optional.empty(), other.look(104 * SECOND));
    assertEquals(Optional.empty(), other.look(107 * SECOND));
    assertTrue(other.look(108 * SECOND).isPresent());
  }

  /// As while a new manager takes in all that was written before it came.
  @Test
  void aHolderWhoseBeatsWaitForTheManagersIsWaitedFor() {
    var holder = standby("a").look(0).orElseThrow();
    var other = standby("b");
    objects.stalled(true);
    for (var second = 0; second < 60; second++) {
      assertEquals(Optional.empty(), other.look(second * SECOND));
      holder.beatOnce();
    }
    objects.stalled(false);
    assertEquals(Optional.empty(), other.look(60 * SECOND));
    holder.beatOnce();
    assertEquals(Optional.empty(), other.look(62 * SECOND));
    assertEquals(List.of(), lost);
  }

  @Test
  void howeverLongALookTakesTheHolderHasTimeForABeatAfterIt() {
    var holder = standby("a").look(0).orElseThrow();
    var other = standby("b");
    assertEquals(Optional.empty(), other.look(0));
    assertEquals(Optional.empty(), other.look(39 * SECOND / 10));
    assertEquals(Optional.empty(), other.look(9 * SECOND));
    assertEquals(Optional.empty(), other.look(11 * SECOND));
    holder.beatOnce();
    assertEquals(Optional.empty(), other.look(13 * SECOND));
    assertEquals(List.of(), lost);
  }

  @Test
  void aHolderThatDiesWhileTheManagersWaitIsReplacedAfterwards() {
    assertTrue(standby("a").look(0).isPresent());
    var other = standby("b");
    objects.stalled(true);
    for (var second = 0; second < 20; second++) {
      assertEquals(Optional.empty(), other.look(second * SECOND));
    }
    objects.stalled(false);
    var second = 20L;
    while (other.look(second * SECOND).isEmpty()) {
      second++;
    }
    assertTrue(second <= 28, second + " s");
  }

  @Test
  void theSameNodeTakesItsOwnTermAgainAtOnce() {
    assertTrue(standby("a").look(0).isPresent());
    assertEquals(2, standby("a").look(0).orElseThrow().number());
    Term.release(objects, "b");
    assertEquals(Optional.empty(), standby("b").look(0));
    Term.release(objects, "a");
    assertEquals(3, standby("b").look(0).orElseThrow().number());
  }

  @Test
  void whoSleptTakesNothing() {
    var first = Term.take(objects, 0, "a", lost::add).orElseThrow();
    var seen = first.number();
    assertTrue(Term.take(objects, 1, "b", lost::add).isPresent());
    assertTrue(Term.take(objects, 2, "c", lost::add).isPresent());
    assertEquals(Optional.empty(), Term.take(objects, seen, "d", lost::add));
    assertEquals(Optional.empty(), Term.take(objects, 2, "d", lost::add));
    assertEquals("c", Term.newest(objects).orElseThrow().holder());
  }
}
