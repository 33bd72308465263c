package dev.slipway.takeover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.testing.FakeObjects;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one control was told is there when another one takes over, whatever happened to the first.
class StateJournalTest {
  private final FakeObjects objects = new FakeObjects();
  private final List<String> behind = new CopyOnWriteArrayList<>();
  private @TempDir Path home;
  private Vault vault;

  @BeforeEach
  void openVault() {
    vault = Vault.open(home.resolve("keyset.json"));
  }

  /// A control's state on a host of its own.
  private final class Control implements AutoCloseable {
    private final StateJournal journal = new StateJournal(objects, vault, behind::add);
    private final Path file;
    private final Store store;

    private Control(String host) {
      file = home.resolve(host + ".db");
      if (!journal.exists()) {
        Store.open(file).close();
      }
      journal.takeOver(file);
      store = Store.open(file, journal);
      journal.compactFrom(store::copyTo, home.resolve(host + ".base"));
    }

    private void set(String email) {
      store.useTransaction(db ->
          db.createUpdate(
                  "INSERT INTO accounts (id, email, api_key_hash, created_at) VALUES"
                      + " (:e,:e,:e,'n')")
              .bind("e", email)
              .execute());
    }

    private List<String> emails() {
      return store.read(db ->
          db.createQuery("SELECT email FROM accounts ORDER BY rowid").mapTo(String.class).list());
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @Test
  void whatWasAcknowledgedIsThere() {
    try (var first = new Control("a")) {
      first.set("one");
      first.set("two");
      try (var second = new Control("b")) {
        assertEquals(List.of("one", "two"), second.emails());
      }
    }
  }

  @Test
  void whoWasReplacedCanWriteNothing() {
    try (var first = new Control("a")) {
      first.set("one");
      try (var second = new Control("b")) {
        assertThrows(UserError.class, () -> first.set("late"));
        assertEquals(List.of("somebody else wrote entry 3"), behind);
        assertEquals(List.of("one"), first.emails());
        second.set("two");
        assertThrows(UserError.class, () -> first.set("later"));
        assertEquals(List.of("one", "two"), second.emails());
      }
    }
  }

  @Test
  void whoComesBackHasTheSame() {
    try (var first = new Control("a")) {
      first.set("one");
    }
    try (var second = new Control("b")) {
      second.set("two");
    }
    try (var first = new Control("a")) {
      assertEquals(List.of("one", "two"), first.emails());
      first.set("three");
    }
    try (var second = new Control("b")) {
      assertEquals(List.of("one", "two", "three"), second.emails());
    }
  }

  @Test
  void anAnswerThatIsLostIsNoFailure() {
    try (var first = new Control("a")) {
      objects.loseAnswers(2);
      first.set("one");
      try (var second = new Control("b")) {
        assertEquals(List.of("one"), second.emails());
      }
    }
    assertEquals(List.of(), behind);
  }

  @Test
  void withoutAQuorumNothingChanges() {
    try (var first = new Control("a")) {
      first.set("one");
      objects.down(true);
      var error = assertThrows(UserError.class, () -> first.set("two"));
      assertTrue(error.problem().what().contains("no quorum"), error.problem().what());
      assertEquals(503, error.problem().code().httpStatus());
      assertEquals(List.of("one"), first.emails());
      objects.down(false);
      first.set("three");
      try (var second = new Control("b")) {
        assertEquals(List.of("one", "three"), second.emails());
      }
    }
  }

  @Test
  void largeChangesTravelInParts() {
    var random = new Random(1);
    var large = new StringBuilder();
    random.ints(900_000, 33, 127).forEach(each -> large.append((char) each));
    try (var first = new Control("a")) {
      first.set(large.toString());
      first.set("small");
      try (var second = new Control("b")) {
        assertEquals(List.of(large.toString(), "small"), second.emails());
      }
    }
  }

  /// Wherever a compaction ends, whoever takes over has everything, and the next one cleans up.
  @Test
  void aCompactionMayBeKilledAtEachStep() {
    var expected = new ArrayList<String>();
    for (var step = 0; step < 12; step++) {
      try (var control = new Control("a" + step)) {
        assertEquals(expected, control.emails());
        for (var i = 0; i < 3; i++) {
          expected.add("mail" + step + i);
          control.set("mail" + step + i);
        }
        objects.endAfter(step);
        try {
          control.journal.compact();
        } catch (FakeObjects.Killed killed) {
          // As it is meant.
        }
        objects.endAfter(Integer.MAX_VALUE);
      }
    }
    try (var control = new Control("last")) {
      assertEquals(expected, control.emails());
      control.journal.compact();
    }
    assertEquals(1, objects.names().size(), objects.names()::toString);
  }

  @Test
  void manyEntriesAreCompacted() throws InterruptedException {
    try (var control = new Control("a")) {
      for (var i = 0; i < 210; i++) {
        control.set("mail" + i);
      }
      for (var left = 100; left > 0 && objects.names().size() > 50; left--) {
        Thread.sleep(50);
      }
      assertTrue(objects.names().size() < 50, objects.names()::toString);
      try (var second = new Control("b")) {
        assertEquals(210, second.emails().size());
      }
    }
  }

  /// Of two that append at once, each acknowledged change is in what a third one finds.
  @Test
  void twoThatRaceLoseNothing() throws InterruptedException {
    var acknowledged = new CopyOnWriteArrayList<String>();
    try (var first = new Control("a")) {
      var number = new AtomicInteger();
      var writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (true) {
                    var email = "first" + number.getAndIncrement();
                    first.set(email);
                    acknowledged.add(email);
                    if (number.get() % 7 == 0) {
                      first.journal.compact();
                    }
                  }
                } catch (UserError fenced) {
                  // The other one has taken over.
                }
              });
      while (acknowledged.size() < 20) {
        Thread.sleep(1);
      }
      try (var second = new Control("b")) {
        second.set("second");
        writer.join();
        var there = second.emails();
        assertTrue(there.containsAll(acknowledged), () -> there + "\n" + acknowledged);
        try (var third = new Control("c")) {
          assertEquals(second.emails(), third.emails());
        }
      }
    }
  }

  @Test
  void othersReadNothing() {
    try (var first = new Control("a")) {
      first.set("one");
    }
    var other = Vault.open(home.resolve("other.json"));
    var journal = new StateJournal(objects, other, behind::add);
    assertThrows(IllegalStateException.class, () -> journal.takeOver(home.resolve("b.db")));
  }
}
