package dev.slipway.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.addons.Addon;
import dev.slipway.addons.AddonRequest;
import dev.slipway.addons.AddonState;
import dev.slipway.addons.Addons;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.rollout.StepObserver;
import dev.slipway.store.Vault;
import dev.slipway.testing.Await;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dumps of backups in a repository that is only remembered: what is kept of them, for whom, and
/// for how long.
class DumpsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path home;
  private final FakeBackups repository = new FakeBackups();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private Control control;
  private Addons addons;
  private Databases databases;
  private Backups backups;
  private Dumps dumps;
  private Addon addon;

  @BeforeEach
  void start() {
    control = new Control(home, new FakeEngine(), StepObserver.NONE);
    open(Clock.systemUTC());
    addon = create();
  }

  private void open(Clock clock) {
    databases =
        new Databases(
            new DatabaseStore(control.store(), Vault.open(home.resolve("keyset.json"))),
            new FakeServers(),
            new FakeStandbys(),
            new BackupStore(control.store()),
            repository,
            new Databases.DumpPlace(home.resolve("dumps"), new Secret("key")),
            (_, _, text) -> told.add(text),
            clock);
    backups = databases.backups();
    dumps = databases.dumps();
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
  void aBackupIsDumpedFromWhatItHoldsAndKeptEncrypted() throws IOException {
    var backup = capture();
    assertTrue(dumps.prepare(backup, PATIENCE));
    assertTrue(dumps.prepare(backup, PATIENCE));
    var content = read(dumps.ticket(backup));
    assertTrue(content.startsWith("dump of"), content);
    assertTrue(content.contains("--set=label1"), content);
    assertEquals(1, restores());
    assertEquals("thrown away", repository.done.getLast());
    assertFalse(Files.readString(files().getFirst(), ISO_8859_1).contains("dump of"));
  }

  @Test
  void whoAsksWhileADumpIsMadeGetsTheSameOne() {
    var backup = capture();
    var hold = new CountDownLatch(1);
    repository.held.put(backup.database(), hold);
    assertFalse(dumps.prepare(backup, Duration.ofMillis(50)));
    assertFalse(dumps.prepare(backup, Duration.ofMillis(50)));
    assertThrows(UserError.class, () -> backups.capture(addon));
    hold.countDown();
    assertTrue(dumps.prepare(backup, PATIENCE));
    assertEquals(1, restores());
  }

  @Test
  void aTicketIsForOneBackupAndTenMinutes() throws IOException {
    var backup = capture();
    var ticket = dumps.ticket(backup);
    var other = ticket.replaceFirst("^[^.]*", capture().id().toString());
    assertThrows(UserError.class, () -> dumps.open(other));
    assertThrows(
        UserError.class, () -> dumps.open(ticket.replaceFirst("\\.[0-9]+", ".9999999999")));
    assertThrows(UserError.class, () -> dumps.open("../../secrets/api-key"));
    assertThrows(UserError.class, () -> dumps.open(backup.id() + "..x"));
    reopen(Duration.ofMinutes(9));
    assertTrue(read(ticket).contains("--set=label1"));
    reopen(Duration.ofMinutes(11));
    assertThrows(UserError.class, () -> dumps.open(ticket));
  }

  @Test
  void whatCanNotBeDumpedSaysWhyAndLeavesNothing() throws IOException {
    var backup = capture();
    repository.broken = "dump";
    var error = assertThrows(UserError.class, () -> dumps.prepare(backup, PATIENCE));
    assertTrue(error.problem().sentence().contains("dump is broken"), error.toString());
    assertTrue(told.getLast().contains("dump is broken"), told.toString());
    assertEquals(List.of(), files());
    repository.broken = "";
    assertTrue(dumps.prepare(backup, PATIENCE));
  }

  @Test
  void aDiskThatWouldBeFullIsLeftAlone() {
    var backup = capture();
    repository.room = 1 << 20;
    var error = assertThrows(UserError.class, () -> dumps.prepare(backup, PATIENCE));
    assertTrue(error.problem().sentence().contains("disk has less than"), error.toString());
    assertEquals(0, restores());
  }

  @Test
  void dumpsAreKeptForADayAndNoLongerThanTheirBackup() throws IOException {
    var first = capture();
    var second = capture();
    dumps.prepare(first, PATIENCE);
    dumps.prepare(second, PATIENCE);
    backups.delete(first);
    Files.writeString(home.resolve("dumps").resolve(second.id() + ".new"), "broken off");
    reopen(Duration.ofHours(23));
    awaitFiles(1);
    reopen(Duration.ofHours(25));
    awaitFiles(0);
  }

  private void awaitFiles(int count) {
    Await.await(count + " dumps are left", PATIENCE, () -> files().size() == count);
  }

  private List<Path> files() {
    try (var files = Files.list(home.resolve("dumps"))) {
      return files.toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String read(String ticket) throws IOException {
    var content = dumps.open(ticket);
    try (var stream = content.stream()) {
      var bytes = stream.readAllBytes();
      assertEquals(content.bytes(), bytes.length);
      return new String(bytes, UTF_8);
    }
  }

  private long restores() {
    return repository.done.stream().filter(each -> each.startsWith("dump on")).count();
  }

  private Backup capture() {
    var begun = backups.capture(addon);
    Await.await("it ends", PATIENCE, () -> get(begun).isWhole());
    return get(begun);
  }

  private Backup get(Backup begun) {
    return backups.get(begun.app(), begun.called());
  }

  private Addon create() {
    var request = new AddonRequest("heroku-postgresql", null, null, Map.of(), null);
    var made = addons.create(control.app("orders"), request, control.account().id());
    Await.await(
        "the database is there",
        PATIENCE,
        () -> addons.find(made.id()).orElseThrow().state() == AddonState.PROVISIONED);
    return addons.find(made.id()).orElseThrow();
  }
}
