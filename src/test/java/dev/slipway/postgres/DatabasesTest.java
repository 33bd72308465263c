package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.addons.Addon;
import dev.slipway.addons.AddonRequest;
import dev.slipway.addons.AddonState;
import dev.slipway.addons.Addons;
import dev.slipway.apps.App;
import dev.slipway.core.AccountId;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.hosted.Addresses;
import dev.slipway.rollout.StepObserver;
import dev.slipway.store.Vault;
import dev.slipway.testing.Await;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Databases as add-ons, on servers that are only remembered: what apps get, and what is kept.
class DatabasesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path home;
  private final FakeEngine engine = new FakeEngine();
  private final FakeServers servers = new FakeServers();
  private Control control;
  private Addons addons;
  private Databases databases;
  private DatabaseStore rows;
  private App app;

  @BeforeEach
  void start() {
    open(Clock.systemUTC());
    app = control.app("orders");
  }

  @AfterEach
  void stop() {
    databases.close();
    addons.close();
    control.close();
  }

  private void open(Clock clock) {
    control = new Control(home, engine, StepObserver.NONE);
    rows = new DatabaseStore(control.store(), Vault.open(home.resolve("keyset.json")));
    databases =
        new Databases(
            rows,
            servers,
            new FakeStandbys(),
            new BackupStore(control.store()),
            new FakeBackups(),
            BackupNews.NONE,
            clock);
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

  private void reopen(Clock clock) {
    stop();
    open(clock);
  }

  @Test
  void anAppGetsThreeWaysToItsDatabase() {
    var addon = create("heroku-postgresql:mini", Map.of());
    assertEquals(
        Set.of("DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_SESSION_URL"), config().keySet());
    var database = databases.of(addon);
    assertTrue(value("DATABASE_URL").contains("@" + database.pooler() + ":5432/"));
    assertTrue(value("DATABASE_DIRECT_URL").contains("@" + database.server() + ":5432/"));
    assertTrue(value("DATABASE_SESSION_URL").endsWith("-session"));
  }

  @Test
  void eachHasAddressesOfItsOwn() {
    var first = databases.of(create("heroku-postgresql", Map.of()));
    var second = databases.of(create("heroku-postgresql", Map.of()));
    assertEquals(List.of(0, 1), List.of(first.number(), second.number()));
    var addresses = Addresses.in("10.202.0.0/16");
    assertEquals("10.202.64.3", addresses.ofDatabase(second.number(), 1, 0));
    assertEquals("10.202.88.3", addresses.ofDatabase(second.number(), 1, 1));
  }

  @Test
  void whatIsDestroyedIsKeptForSevenDaysAndCanBeRecovered() {
    var addon = create("heroku-postgresql", Map.of());
    var id = databases.of(addon).id();
    addons.destroy(addon, false, by());
    await(() -> !servers.running.contains(id));
    assertEquals(List.of(addon.name()), names(databases.destroyed(by())));
    assertEquals(Set.of(), config().keySet());
    var again = create("heroku-postgresql:standard-0", Map.of("recover", addon.name()));
    assertEquals(id, databases.of(again).id());
    assertTrue(servers.running.contains(id));
    assertEquals(List.of(), databases.destroyed(by()));
  }

  @Test
  void afterSevenDaysItIsGone() {
    var addon = create("heroku-postgresql", Map.of());
    var id = databases.of(addon).id();
    addons.destroy(addon, false, by());
    await(() -> !servers.running.contains(id));
    assertTrue(servers.data.contains(id));
    reopen(Clock.offset(Clock.systemUTC(), Duration.ofDays(8)));
    await(() -> !servers.data.contains(id));
    await(() -> rows.find(id).isEmpty());
  }

  @Test
  void aRotatedLoginIsLetInUntilNothingHasIt() {
    var addon = create("heroku-postgresql", Map.of());
    var before = value("DATABASE_URL");
    var old = databases.of(addon).login();
    databases.rotate(addon, addons, by());
    assertNotEquals(before, value("DATABASE_URL"));
    assertTrue(databases.of(addon).logins().contains(old));
    reopen(Clock.offset(Clock.systemUTC(), Duration.ofHours(2)));
    await(() -> databases.of(addon).logins().size() == 1);
    assertFalse(databases.of(addon).logins().contains(old));
  }

  @Test
  void aLoginThatWasNotLetInIsNotWrittenDown() {
    var addon = create("heroku-postgresql", Map.of());
    var before = databases.of(addon).logins();
    servers.failures.set(1);
    assertThrows(IllegalStateException.class, () -> databases.rotate(addon, addons, by()));
    assertEquals(before, databases.of(addon).logins());
  }

  @Test
  void anotherPlanMakesItAnewWithTheSameConfigVars() {
    var addon = create("heroku-postgresql:mini", Map.of());
    var before = value("DATABASE_URL");
    addons.changePlan(addon, "heroku-postgresql:standard-0", by());
    awaitReady(addon);
    assertEquals(before, value("DATABASE_URL"));
    assertEquals(PostgresPlan.STANDARD_0, servers.ensured.getLast().plan());
  }

  @Test
  void withAStandbyItsPlanStays() {
    var addon = create("heroku-postgresql:mini", Map.of());
    databases.makeStandby(addon, null);
    var refused =
        assertThrows(
            UserError.class, () -> addons.changePlan(addon, "heroku-postgresql:standard-0", by()));
    assertTrue(refused.problem().sentence().contains("standby"), refused.problem().sentence());
    await(() -> databases.standbys().report(databases.of(addon)).orElseThrow().inStep());
  }

  @Test
  void aDestroyedDatabasesStandbyGoes() {
    var addon = create("heroku-postgresql", Map.of());
    var id = databases.of(addon).id();
    databases.makeStandby(addon, null);
    await(() -> databases.standbys().report(databases.of(addon)).orElseThrow().inStep());
    addons.destroy(addon, false, by());
    await(() -> rows.find(id).orElseThrow().standby() == null);
    await(() -> !servers.running.contains(id));
  }

  @Test
  void anOutsideDatabaseHasThePoolerInFront() {
    create("heroku-postgresql", Map.of("url", "postgres://me:s%2Fcret1@db.example.com/shop"));
    assertTrue(value("DATABASE_URL").contains("@slipway-pgbouncer-"));
    assertTrue(value("DATABASE_DIRECT_URL").endsWith("@db.example.com:5432/shop?sslmode=require"));
  }

  @Test
  void wrongOptionsAreRefusedBeforeAnythingIsMade() {
    for (var options :
        List.of(
            Map.of("follow", "x"),
            Map.of("url", "mysql://a:b@c/d"),
            Map.of("url", "postgres://db.example.com/shop"),
            Map.of("version", "9.6"),
            Map.of("url", "postgres://a:b@c/d", "recover", "x"))) {
      assertThrows(UserError.class, () -> addons.create(app, request(options), by()));
    }
    assertThrows(
        UserError.class,
        () ->
            addons.create(
                app, new AddonRequest("heroku-postgresql:huge", null, null, Map.of(), null), by()));
    assertEquals(List.of(), addons.list());
  }

  @Test
  void aHostThatGoesAwayMeanwhileIsAwayLikeAnyOther() {
    var addon = create("heroku-postgresql", Map.of());
    servers.cut = "host db1 is down";
    var refused = assertThrows(UserError.class, () -> databases.query(addon, "SELECT 1"));
    assertTrue(refused.problem().sentence().contains("because host db1 is down"));
  }

  @Test
  void whereNoHostTakesItThatIsSaid() {
    var addon = addons.create(app, request(Map.of("host", "there")), by());
    await(() -> addons.find(addon.id()).orElseThrow().state() == AddonState.DEPROVISIONED);
    assertTrue(addons.find(addon.id()).orElseThrow().message().contains("no host there"));
  }

  @Test
  void aVerifierIsAsTheServerMakesIt() {
    // RFC 7677, section 3: user `user`, password `pencil`.
    var salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    assertEquals(
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
            + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        ScramVerifier.of(new Secret("pencil"), salt).text());
  }

  private static AddonRequest request(Map<String, String> options) {
    return new AddonRequest("heroku-postgresql", null, null, options, null);
  }

  private Addon create(String plan, Map<String, String> options) {
    var addon = addons.create(app, new AddonRequest(plan, null, null, options, null), by());
    awaitReady(addon);
    return addons.find(addon.id()).orElseThrow();
  }

  private void awaitReady(Addon addon) {
    await(() -> addons.find(addon.id()).orElseThrow().state() == AddonState.PROVISIONED);
  }

  private static void await(Callable<Boolean> what) {
    Await.await("the database", PATIENCE, what);
  }

  private static List<String> names(List<Database> databases) {
    return databases.stream().map(Database::name).toList();
  }

  private Map<String, Secret> config() {
    return control.releases().current(app.id()).config().values();
  }

  private String value(String name) {
    return requireNonNull(config().get(name)).reveal();
  }

  private AccountId by() {
    return control.account().id();
  }
}
