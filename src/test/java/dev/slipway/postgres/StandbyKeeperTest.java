package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.AccountId;
import dev.slipway.core.UserError;
import dev.slipway.hosted.Turns;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.testing.Await;
import dev.slipway.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a standby, and in which order.
class StandbyKeeperTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path home;
  private final ManualClock clock = new ManualClock();
  private final FakeServers servers = new FakeServers();
  private final FakeStandbys standbys = new FakeStandbys();
  private final UUID id = UUID.randomUUID();
  private Store store;
  private DatabaseStore rows;
  private Standbys asked;
  private StandbyKeeper keeper;

  @BeforeEach
  void start() {
    store = Store.open(home.resolve("control.db"));
    rows = new DatabaseStore(store, Vault.open(home.resolve("keyset.json")));
    begin();
    rows.insert(
        new Database(
            id,
            null,
            new AccountId(UUID.randomUUID()),
            "orders-db",
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
            null));
  }

  /// As a process that has just begun knows nothing.
  private void begin() {
    var turns = new Turns<>(rows::find, rows::update);
    asked = new Standbys(rows, servers, standbys, turns, clock);
    keeper = new StandbyKeeper(rows, servers, standbys, asked, turns, clock);
  }

  @AfterEach
  void stop() {
    store.close();
  }

  private Database row() {
    return rows.find(id).orElseThrow();
  }

  private Standby standby() {
    return requireNonNull(row().standby());
  }

  private void step() {
    keeper.step(row());
  }

  private void makeOne() {
    asked.make(row(), null);
    step();
    Await.await("it is copied", PATIENCE, () -> standby().stage() == Standby.Stage.FOLLOWING);
    step();
    assertTrue(standby().inStep());
  }

  @Test
  void oneIsMadeOnAnotherHostAndWaitedForOnceItFollows() {
    makeOne();
    assertEquals(List.of("copy", "synchronise"), standbys.done);
    assertEquals("other", standby().node());
    assertEquals("in step", asked.report(row()).orElseThrow().state());
  }

  @Test
  void itsOwnHostAndASecondOneAreRefused() {
    assertThrows(UserError.class, () -> asked.make(row(), "here"));
    makeOne();
    assertThrows(UserError.class, () -> asked.make(row(), null));
  }

  @Test
  void aCopyThatFailsIsMadeAgain() {
    standbys.broken = "copy";
    asked.make(row(), null);
    step();
    Await.await("it is said", PATIENCE, () -> standby().problem().equals("copy is broken"));
    standbys.broken = "";
    clock.pass(Duration.ofSeconds(11));
    Await.await(
        "it is copied",
        PATIENCE,
        () -> {
          step();
          return standby().stage() == Standby.Stage.FOLLOWING;
        });
  }

  @Test
  void thatItIsBehindIsWrittenDownBeforeTheServerGoesOnWithoutIt() {
    makeOne();
    standbys.streams = false;
    standbys.before = what -> assertFalse(what.equals("release") && standby().inStep());
    step();
    clock.pass(StandbyKeeper.WAITED_FOR);
    assertTrue(standby().inStep());
    step();
    assertFalse(standby().inStep());
    assertTrue(standbys.done.contains("release"));
    standbys.streams = true;
    step();
    assertTrue(standby().inStep());
  }

  @Test
  void aServerThatWaitsForOneThatIsBehindGoesOn() {
    makeOne();
    standbys.streams = false;
    standbys.broken = "release";
    step();
    clock.pass(StandbyKeeper.WAITED_FOR);
    assertThrows(IllegalStateException.class, this::step);
    assertFalse(standby().inStep());
    standbys.broken = "";
    begin();
    step();
    clock.pass(StandbyKeeper.WAITED_FOR);
    step();
    assertEquals("release", standbys.done.getLast());
  }

  @Test
  void oneThatCanNotCatchUpIsMadeAnew() {
    makeOne();
    standbys.lost = true;
    step();
    assertEquals(Standby.Stage.MAKING, standby().stage());
    assertFalse(standby().inStep());
  }

  @Test
  void theServerIsStoppedBeforeTheRowNamesAnotherAndThatOneIsMadeTheServer() {
    makeOne();
    asked.failOver(row(), false);
    standbys.before =
        what -> assertEquals(what.equals("promote") ? "other" : "node", row().node(), what);
    step();
    assertEquals(List.of("hold", "stop", "promote"), standbys.done.subList(2, 5));
    assertEquals("other", row().node());
    assertEquals("node", row().poolerNode());
    assertEquals(1, row().seats().server());
    assertEquals("node", standby().node());
    assertEquals(Standby.Stage.MAKING, standby().stage());
    assertEquals(clock.instant().truncatedTo(ChronoUnit.SECONDS), row().seats().since());
  }

  @Test
  void aServerThatDoesNotStopStaysTheServer() {
    makeOne();
    standbys.broken = "stop";
    asked.failOver(row(), false);
    step();
    assertEquals("node", row().node());
    assertEquals(Standby.Stage.FOLLOWING, standby().stage());
    assertTrue(standby().problem().contains("stop is broken"));
    assertEquals(id, servers.ensured.getLast().id());
  }

  @Test
  void oneThatIsBehindTakesOverWhenItHasAll() {
    makeOne();
    rows.update(row().having(standby().inStep(false)));
    standbys.hasAll = false;
    asked.failOver(row(), false);
    step();
    assertEquals("node", row().node());
    standbys.hasAll = true;
    asked.failOver(row(), false);
    step();
    assertEquals("other", row().node());
  }

  @Test
  void whatIsBegunIsFinishedByTheNextProcess() {
    makeOne();
    asked.failOver(row(), false);
    standbys.broken = "promote";
    assertThrows(IllegalStateException.class, this::step);
    assertEquals("other", row().node());
    assertEquals(Standby.Stage.PROMOTING, standby().stage());
    standbys.broken = "";
    begin();
    step();
    assertEquals("promote", standbys.done.getLast());
    assertEquals(Standby.Stage.MAKING, standby().stage());
  }

  @Test
  void withTheHostDeadOneInStepTakesOverWithThePooler() {
    makeOne();
    servers.absence = "host db1 is down";
    asked.failOver(row(), false);
    assertEquals("other", row().node());
    step();
    assertEquals("other", row().poolerNode());
    assertEquals(1, row().seats().pooler());
    assertFalse(standbys.done.contains("stop"));
  }

  @Test
  void withTheHostDeadOneThatIsBehindIsRefusedUnlessItMayLose() {
    makeOne();
    rows.update(row().having(standby().inStep(false)));
    servers.absence = "host db1 is down";
    var refused = assertThrows(UserError.class, () -> asked.failOver(row(), false));
    assertTrue(refused.problem().sentence().contains("behind"), refused.problem().sentence());
    asked.failOver(row(), true);
    assertEquals("other", row().node());
  }

  @Test
  void aHostThatGoesAwayMeanwhileIsNoReasonToStop() {
    makeOne();
    asked.failOver(row(), false);
    servers.absence = "host db1 is down";
    step();
    assertEquals("other", row().node());
  }

  @Test
  void withTheStandbysHostAwayItIsRefused() {
    makeOne();
    standbys.absence = "host db2 is down";
    assertThrows(UserError.class, () -> asked.failOver(row(), true));
  }

  @Test
  void whileItTakesOverNothingElseIsDone() {
    makeOne();
    asked.failOver(row(), false);
    assertThrows(UserError.class, () -> asked.failOver(row(), false));
    assertThrows(UserError.class, () -> asked.remove(row()));
    assertThrows(UserError.class, () -> Standbys.requireSettled(row()));
  }

  @Test
  void whatWasOnAHostThatIsForgottenGoesByItself() {
    makeOne();
    standbys.streams = false;
    standbys.absence = "its host was removed from the fleet";
    standbys.forgotten = true;
    step();
    clock.pass(StandbyKeeper.WAITED_FOR);
    step();
    step();
    assertNull(row().standby());
  }

  @Test
  void itIsTakenAwayWhenItsHostIsThere() {
    makeOne();
    asked.remove(row());
    servers.running.add(id);
    standbys.absence = "host db2 is down";
    step();
    assertEquals("forget", standbys.done.getLast());
    assertEquals(Standby.Stage.REMOVING, standby().stage());
    standbys.absence = "";
    step();
    assertNull(row().standby());
    assertEquals("remove", standbys.done.getLast());
  }
}
