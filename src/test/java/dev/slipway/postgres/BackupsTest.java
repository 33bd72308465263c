package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.addons.Addon;
import dev.slipway.addons.AddonRequest;
import dev.slipway.addons.AddonState;
import dev.slipway.addons.Addons;
import dev.slipway.apps.App;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.rollout.StepObserver;
import dev.slipway.store.Vault;
import dev.slipway.testing.Await;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// Backups in a repository that is only remembered: when they are taken, and what is believed of
/// them.
class BackupsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path home;
  private final FakeBackups repository = new FakeBackups();
  private final FakeServers servers = new FakeServers();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private Control control;
  private Addons addons;
  private Databases databases;
  private DatabaseStore rows;
  private Backups backups;
  private BackupRounds rounds;
  private Addon addon;
  private App app;

  @BeforeEach
  void start() {
    control = new Control(home, new FakeEngine(), StepObserver.NONE);
    open(Clock.systemUTC());
    app = control.app("orders");
    addon = create(Map.of());
  }

  private void open(Clock clock) {
    rows = new DatabaseStore(control.store(), Vault.open(home.resolve("keyset.json")));
    databases =
        new Databases(
            rows,
            servers,
            new FakeStandbys(),
            new BackupStore(control.store()),
            repository,
            new Databases.DumpPlace(home.resolve("dumps"), new Secret("key")),
            (_, _, text) -> told.add(text),
            clock);
    backups = databases.backups();
    addons =
        new Addons(
            control.store(),
            control.addonStore(),
            control.apps(),
            control.releases(),
            control.changes(),
            List.of(databases.provider()),
            clock);
    addons.start();
    databases.start(addons, control.releases(), () -> {});
    rounds = new BackupRounds(backups, rows, addons, () -> {});
  }

  private void reopen(Duration later) {
    databases.close();
    addons.close();
    open(Clock.offset(Clock.systemUTC(), later));
  }

  @AfterEach
  void stop() {
    databases.close();
    addons.close();
    control.close();
  }

  @Test
  void aNewDatabaseIsBackedUpAtOnceAndThenEachNight() {
    round();
    round();
    assertEquals(List.of("a001"), names());
    reopen(Duration.ofDays(1));
    round();
    assertEquals(List.of("a001", "a002"), names());
    assertTrue(requireNonNull(last().drill()).passed());
    backups.schedule(addon, false, 3, ZoneId.of("UTC"));
    reopen(Duration.ofDays(2));
    round();
    assertEquals(List.of("a001", "a002"), names());
  }

  /// Also where none is wanted each night: what was taken before leads nowhere from there.
  @Test
  void whereBackupsAreKeptElsewhereOneIsTakenAtOnce() {
    round();
    backups.schedule(addon, false, 3, ZoneId.of("UTC"));
    repository.inPlaceSince = Instant.now().plusSeconds(60);
    reopen(Duration.ofMinutes(2));
    round();
    round();
    assertEquals(List.of("a001", "a002"), names());
  }

  /// The repository from before is on the host before.
  @Test
  void aDatabaseWhoseStandbyTookOverIsBackedUpAtOnceAndReachesBackToThen() {
    round();
    var first = last();
    var before = Instant.now();
    backups.schedule(addon, false, 3, ZoneId.of("UTC"));
    var moved = new Seats(1, 0, null, Instant.now().plusSeconds(60));
    rows.update(moved(databases.of(addon), moved));
    reopen(Duration.ofMinutes(2));
    round();
    round();
    assertEquals(List.of("a001", "a002"), names());
    assertThrows(UserError.class, () -> backups.drill(first));
    assertThrows(UserError.class, () -> backups.restores().restore(addon, first));
    assertThrows(
        UserError.class, () -> backups.restores().requireReach(databases.of(addon), before));
  }

  private static Database moved(Database it, Seats seats) {
    return new Database(
        it.id(),
        it.addon(),
        it.owner(),
        it.name(),
        it.plan(),
        it.number(),
        it.node(),
        it.stage(),
        it.problem(),
        it.logins(),
        it.outside(),
        it.createdAt(),
        it.destroyedAt(),
        seats,
        it.standby());
  }

  @Test
  void aDatabaseWithAStandbyIsNotPutBack() {
    round();
    databases.makeStandby(addon, null);
    var refused = assertThrows(UserError.class, () -> backups.restores().restore(addon, last()));
    assertTrue(refused.problem().sentence().contains("standby"), refused.problem().sentence());
  }

  @Test
  void theFirstThatIsTakenElsewhereIsTriedAgain() {
    round();
    backups.schedule(addon, false, 3, ZoneId.of("UTC"));
    repository.inPlaceSince = Instant.now().plusSeconds(60);
    reopen(Duration.ofMinutes(2));
    repository.broken = "capture";
    round();
    round();
    assertEquals(List.of("a001", "a002"), names());
    repository.broken = "";
    reopen(Duration.ofMinutes(70));
    round();
    round();
    assertEquals(List.of("a001", "a002", "a003"), names());
  }

  /// Where backups were elsewhere for a while, the repository lacks those of before.
  @Test
  void onlyWhatIsOldIsForgotten() {
    round();
    repository.repository.clear();
    reopen(Duration.ofDays(1));
    round();
    assertEquals(List.of("a001", "a002"), names());
    repository.repository.clear();
    reopen(Duration.ofDays(7).plusHours(12));
    round();
    assertEquals(List.of("a002", "a003"), names().subList(0, 2));
  }

  @Test
  void aRestoreThatWasBrokenOffIsFollowedByABackupToo() {
    capture();
    repository.broken = "restore";
    assertEquals(Backup.State.FAILED, restore().state());
    repository.broken = "";
    round();
    assertEquals(List.of("b001", "r002", "a003"), names());
  }

  @Test
  void whatCantBeRestoredIsToldOnce() {
    capture();
    repository.broken = "restore";
    var drill = drill();
    assertFalse(drill.passed());
    assertTrue(drill.report().getLast().contains("restore is broken"));
    round();
    round();
    assertEquals(1, told.size());
    assertTrue(told.getFirst().contains("the last drill failed"), told.getFirst());
    repository.broken = "";
    assertTrue(drill().passed());
    round();
    assertTrue(told.getLast().endsWith("are well again"), told.getLast());
  }

  @Test
  void aDrillAsksTheUsersQuery() {
    capture();
    backups.ask(addon, "SELECT count(*) > 0 FROM orders");
    assertTrue(drill().passed());
    repository.answer = "f";
    assertFalse(drill().passed());
    assertThrows(UserError.class, () -> backups.ask(addon, "\\! id"));
  }

  @Test
  void drillsThatAreLateAreToldOf() {
    capture();
    reopen(Duration.ofDays(9));
    assertEquals("there is no backup of the last 26 hours", backups.problem(addon).orElse(""));
    round();
    assertEquals("", backups.problem(addon).orElse(""));
    repository.broken = "capture";
    reopen(Duration.ofDays(11));
    round();
    assertTrue(backups.problem(addon).orElse("").contains("capture is broken"));
  }

  @Test
  void aDatabaseBeginsAsAnotherWas() {
    assertThrows(UserError.class, () -> backups.restores().restore(addon, Instant.now()));
    capture();
    var past = Map.of("restore", addon.name(), "at", Instant.now().toString());
    var other = create(past);
    assertTrue(
        repository.done.contains(addon.name() + " becomes " + other.name()),
        repository.done.toString());
    assertTrue(repository.done.getFirst().startsWith("seed on node --type=time --target="));
  }

  @Test
  void aTimeThatNoBackupReachesBackToIsRefused() {
    capture();
    var request =
        new AddonRequest(
            "heroku-postgresql",
            null,
            null,
            Map.of("restore", addon.name(), "at", "2020-01-01T00:00:00Z"),
            null);
    var refused = addons.create(app, request, control.account().id());
    Await.await(
        "it is refused",
        PATIENCE,
        () -> addons.find(refused.id()).orElseThrow().state() == AddonState.DEPROVISIONED);
    assertTrue(addons.find(refused.id()).orElseThrow().message().contains("can't be restored to"));
  }

  @Test
  void aReplacedDatabaseIsBackedUpAtOnce() {
    capture();
    assertEquals(Backup.State.SUCCEEDED, restore().state());
    round();
    round();
    assertEquals(List.of("b001", "r002", "a003"), names());
    assertTrue(repository.cleared.contains(databases.of(addon).id()));
  }

  @Test
  void whatDoesNotComeUpAfterARestoreGoesBackToWhatItWas() {
    capture();
    servers.failures.set(1);
    assertEquals(Backup.State.FAILED, restore().state());
    assertTrue(repository.done.contains(addon.name() + " goes back"), repository.done.toString());
    assertTrue(servers.running.contains(databases.of(addon).id()));
    assertEquals(0, servers.failures.get());
  }

  @Test
  void oneRestoreAtATimeComesFromADatabase() {
    capture();
    var source = last();
    var other = create(Map.of());
    var latch = new CountDownLatch(1);
    repository.held.put(source.database(), latch);
    var begun = backups.restores().restore(other, source);
    assertThrows(UserError.class, () -> backups.restores().restore(addon, source));
    latch.countDown();
    Await.await(
        "the restore",
        PATIENCE,
        () -> backups.get(app.id(), begun.called()).state() == Backup.State.SUCCEEDED);
    assertEquals(Backup.State.SUCCEEDED, restore(source).state());
  }

  @Test
  void aDatabaseThatHangsHoldsUpNoOther() throws Exception {
    var other = create(Map.of());
    var latch = new CountDownLatch(1);
    repository.held.put(databases.of(addon).id(), latch);
    var round = Thread.startVirtualThread(this::round);
    Await.await(
        "the other's backup",
        PATIENCE,
        () ->
            backups.of(app.id()).stream()
                .anyMatch(each -> each.name().equals(other.name()) && each.isWhole()));
    latch.countDown();
    round.join();
  }

  @Test
  void aHostThatIsAwayIsSaidAtOnceAndNothingIsBegunThere() {
    capture();
    servers.absence = "host db1 is down";
    var why = "because host db1 is down";
    for (Executable begun : List.<Executable>of(this::capture, this::drill)) {
      var refused = assertThrows(UserError.class, begun);
      assertTrue(refused.problem().sentence().contains(why));
    }
    var away = databases.away(databases.of(addon)).orElseThrow();
    assertTrue(away.lost().contains("/backups/" + databases.of(addon).id()), away.lost());
    round();
    round();
    assertEquals(1, told.size());
    assertTrue(told.getFirst().contains(why), told.getFirst());
    assertEquals(List.of("b001"), names());
    servers.absence = "";
    round();
    assertTrue(told.getLast().endsWith("are well again"), told.getLast());
    assertTrue(databases.away(databases.of(addon)).isEmpty());
  }

  @Test
  void aDatabaseIsMadeOfBackupsWhereTheyAre() {
    capture();
    var at = Instant.now();
    servers.absence = "host db1 is down";
    var options = Map.of("restore", addon.name(), "at", at.toString(), "host", "elsewhere");
    var restored = create(options);
    assertEquals("other", databases.of(restored).node());
    assertTrue(repository.done.getFirst().startsWith("seed on other"), repository.done.toString());
  }

  @Test
  void rowsAreComparedExactlyWhereNothingWasWritten() {
    var before = new RowCounts(Map.of("public.a", 3L, "public.b", 2L), "=1");
    var later = new RowCounts(Map.of("public.a", 9L, "public.b", 2L), "=2");
    new RowCounts(Map.of("public.a", 3L, "public.b", 2L), "").require(before, before);
    new RowCounts(Map.of("public.a", 5L, "public.b", 2L), "").require(before, later);
    for (var wrong : List.of(Map.of("public.a", 3L), Map.of("public.a", 0L, "public.b", 2L))) {
      var counts = new RowCounts(wrong, "");
      assertThrows(IllegalStateException.class, () -> counts.require(before, later));
    }
    var fewer = new RowCounts(Map.of("public.a", 2L, "public.b", 2L), "");
    assertThrows(IllegalStateException.class, () -> fewer.require(before, before));
  }

  @Test
  void eachNightHasItsTime() {
    var wish = new BackupWish(new UUID(0, 0), true, 3, ZoneId.of("UTC"), "");
    var now = Instant.parse("2026-12-01T02:59:00Z");
    assertEquals(Instant.parse("2026-11-30T03:00:00Z"), wish.lastDue(now));
    assertEquals(
        Instant.parse("2026-12-01T03:00:00Z"), wish.lastDue(now.plus(Duration.ofMinutes(1))));
  }

  private void capture() {
    var begun = backups.capture(addon);
    Await.await(
        "the backup",
        PATIENCE,
        () -> backups.get(addon.app(), begun.called()).finishedAt() != null);
    Await.await("its end", PATIENCE, () -> last().isWhole());
  }

  @Test
  void aCopyHasAllChangesUntilNow() {
    var other = create(Map.of());
    assertThrows(UserError.class, () -> backups.restores().copy(other, addon));
    capture();
    assertThrows(UserError.class, () -> backups.restores().copy(addon, addon));
    var begun = backups.restores().copy(other, addon);
    Await.await("the copy", PATIENCE, () -> find(begun).state() == Backup.State.SUCCEEDED);
    var restored = repository.done.stream().filter(each -> each.startsWith("restore")).toList();
    assertTrue(restored.getLast().contains("--type=name --target=copy-"), restored.toString());
    assertTrue(repository.done.contains(addon.name() + " becomes " + other.name()));
    repository.broken = "mark";
    var broken = backups.restores().copy(other, addon);
    Await.await("its end", PATIENCE, () -> find(broken).state() == Backup.State.FAILED);
  }

  private Backup find(Backup begun) {
    return backups.get(begun.app(), begun.called());
  }

  private Backup restore() {
    return restore(last());
  }

  private Backup restore(Backup backup) {
    var begun = backups.restores().restore(addon, backup);
    Await.await(
        "the restore",
        PATIENCE,
        () -> backups.get(app.id(), begun.called()).state() != Backup.State.RUNNING);
    return backups.get(app.id(), begun.called());
  }

  private Drill drill() {
    return requireNonNull(backups.drill(last()).drill());
  }

  private Backup last() {
    return backups.of(addon.app()).getLast();
  }

  private List<String> names() {
    return backups.of(addon.app()).stream().map(Backup::called).toList();
  }

  private void round() {
    try {
      rounds.visitAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Addon create(Map<String, String> options) {
    var request = new AddonRequest("heroku-postgresql", null, null, options, null);
    var made = addons.create(app, request, control.account().id());
    Await.await(
        "the database",
        PATIENCE,
        () -> addons.find(made.id()).orElseThrow().state() == AddonState.PROVISIONED);
    return addons.find(made.id()).orElseThrow();
  }
}
