package dev.slipway.redis;

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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Redis as an add-on, on servers that are only remembered: what apps get, and what is kept.
class InstancesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path home;
  private final FakeEngine engine = new FakeEngine();
  private final FakeInstances servers = new FakeInstances();
  private Control control;
  private Addons addons;
  private Instances instances;
  private InstanceStore rows;
  private App app;

  @BeforeEach
  void start() {
    open(Clock.systemUTC());
    app = control.app("orders");
  }

  @AfterEach
  void stop() {
    instances.close();
    addons.close();
    control.close();
  }

  private void open(Clock clock) {
    control = new Control(home, engine, StepObserver.NONE);
    rows = new InstanceStore(control.store(), Vault.open(home.resolve("keyset.json")));
    instances = new Instances(rows, servers, clock);
    addons =
        new Addons(
            control.store(),
            control.addonStore(),
            control.apps(),
            control.releases(),
            control.changes(),
            List.of(instances.provider()),
            clock);
    addons.start();
    instances.start(addons, control.releases(), () -> {});
  }

  private void reopen(Duration later) {
    stop();
    open(Clock.offset(Clock.systemUTC(), later));
  }

  @Test
  void anAppGetsItsUrlAndItsServerTheHashAlone() {
    var addon = create("heroku-redis", Map.of());
    var instance = instances.of(addon);
    assertEquals(Set.of("REDIS_URL"), config().keySet());
    var url = value("REDIS_URL");
    assertTrue(url.matches("rediss://:[0-9a-f]{64}@" + instance.server() + ":6379"), url);
    var password = instance.password();
    assertTrue(AccessRules.of(instance).contains(" #" + password.hash() + " "));
    assertFalse(AccessRules.of(instance).contains(password.value().reveal()));
    assertEquals(RedisPlan.MINI, instance.plan());
    assertEquals(InstanceSettings.USUAL, instance.settings());
  }

  @Test
  void eachHasAnAddressOfItsOwnApartFromDatabases() {
    create("heroku-redis", Map.of());
    var second = instances.of(create("heroku-redis", Map.of()));
    var addresses = Addresses.in("10.202.0.0/16");
    assertEquals("10.202.112.1", addresses.ofRedis(second.number()));
    assertThrows(IllegalStateException.class, () -> addresses.ofRedis(4096));
    assertThrows(IllegalStateException.class, () -> addresses.ofDatabase(3072, 0, 0));
  }

  @Test
  void settingsChangeAndStay() {
    var options = Map.of("maxmemory_policy", "volatile-lru", "timeout", "60");
    var addon = create("heroku-redis", options);
    instances.change(addon, settings -> settings.publishing("KEA"));
    var wanted = new InstanceSettings(EvictionPolicy.VOLATILE_LRU, 60, "KEA");
    assertEquals(wanted, servers.ensured.getLast().settings());
    reopen(Duration.ZERO);
    assertEquals(wanted, instances.of(addon).settings());
    assertThrows(
        UserError.class, () -> instances.change(addon, it -> it.publishing("K\"\nsave \"1 1")));
    assertThrows(UserError.class, () -> instances.change(addon, it -> it.idlingFor(-1)));
    assertEquals(wanted, instances.of(addon).settings());
  }

  @Test
  void whatIsDestroyedIsKeptForSevenDaysAndCanBeRecovered() {
    var addon = create("heroku-redis", Map.of());
    var id = instances.of(addon).id();
    addons.destroy(addon, false, by());
    await(() -> !servers.running.contains(id));
    assertEquals(List.of(addon.name()), names(instances.destroyed(by())));
    assertEquals(Set.of(), config().keySet());
    var again = create("heroku-redis:premium-0", Map.of("recover", addon.name()));
    assertEquals(id, instances.of(again).id());
    assertTrue(servers.running.contains(id));
    assertEquals(List.of(), instances.destroyed(by()));
  }

  @Test
  void afterSevenDaysItIsGone() {
    var addon = create("heroku-redis", Map.of());
    var id = instances.of(addon).id();
    addons.destroy(addon, false, by());
    await(() -> !servers.running.contains(id));
    assertTrue(servers.data.contains(id));
    reopen(Duration.ofDays(8));
    await(() -> !servers.data.contains(id));
    await(() -> rows.find(id).isEmpty());
  }

  @Test
  void aRotatedPasswordIsLetInUntilNothingHasIt() {
    var addon = create("heroku-redis", Map.of());
    var before = value("REDIS_URL");
    var old = instances.of(addon).password();
    instances.rotate(addon, addons, by());
    assertNotEquals(before, value("REDIS_URL"));
    assertTrue(AccessRules.of(servers.ensured.getLast()).contains(old.hash()));
    reopen(Duration.ofHours(2));
    await(() -> instances.of(addon).passwords().size() == 1);
    assertFalse(AccessRules.of(servers.ensured.getLast()).contains(old.hash()));
    assertEquals(List.of(instances.of(addon).id()), servers.sentAway);
  }

  @Test
  void whatTheServerWasNotToldIsNotWrittenDown() {
    var addon = create("heroku-redis", Map.of());
    var before = instances.of(addon);
    servers.broken = true;
    assertThrows(IllegalStateException.class, () -> instances.rotate(addon, addons, by()));
    assertThrows(
        IllegalStateException.class,
        () -> instances.change(addon, settings -> settings.publishing("KEA")));
    assertEquals(before, instances.of(addon));
  }

  @Test
  void eachDayItIsBackedUp() {
    var addon = create("heroku-redis", Map.of());
    var id = instances.of(addon).id();
    assertEquals(List.of(), instances.backups(addon));
    reopen(Duration.ofHours(25));
    await(() -> servers.backups.containsKey(id));
    assertEquals(1, instances.backups(addon).size());
    var made = instances.backups(addon).getFirst();
    assertEquals(Instant.parse("2026-12-01T01:00:00Z"), made.madeAt());
  }

  @Test
  void anotherPlanMakesItAnewWithTheSameUrl() {
    var addon = create("heroku-redis:mini", Map.of());
    var before = value("REDIS_URL");
    addons.changePlan(addon, "heroku-redis:premium-5", by());
    awaitReady(addon);
    assertEquals(before, value("REDIS_URL"));
    assertEquals(RedisPlan.PREMIUM_5, servers.ensured.getLast().plan());
  }

  @Test
  void aPlanTooSmallForWhatIsThereIsRefused() {
    var addon = create("heroku-redis:premium-1", Map.of());
    servers.usedMemory = (50L << 20) + 1;
    var refused =
        assertThrows(
            UserError.class, () -> addons.changePlan(addon, "heroku-redis:premium-0", by()));
    assertTrue(refused.problem().sentence().contains("51 MB"), refused::toString);
    assertEquals(RedisPlan.PREMIUM_1, instances.of(addon).plan());
    assertEquals(AddonState.PROVISIONED, addons.find(addon.id()).orElseThrow().state());
    servers.usedMemory = 50L << 20;
    addons.changePlan(addon, "heroku-redis:premium-0", by());
    awaitReady(addon);
    assertEquals(RedisPlan.PREMIUM_0, servers.ensured.getLast().plan());
  }

  @Test
  void whatIsKeptIsNotRecoveredIntoASmallerPlan() {
    var lost = create("heroku-redis:premium-1", Map.of());
    addons.destroy(lost, false, by());
    await(() -> !servers.running.contains(instances.destroyed(by()).getFirst().id()));
    var options = Map.of("recover", lost.name());
    var smaller = new AddonRequest("heroku-redis:premium-0", null, null, options, null);
    var refused = addons.create(app, smaller, by());
    await(() -> addons.find(refused.id()).orElseThrow().state() == AddonState.DEPROVISIONED);
    var message = addons.find(refused.id()).orElseThrow().message();
    assertTrue(message.contains("100 MB"), message);
    assertEquals(List.of(lost.name()), names(instances.destroyed(by())));
  }

  @Test
  void wrongOptionsAreRefusedBeforeAnythingIsMade() {
    for (var options :
        List.of(
            Map.of("fork", "x"),
            Map.of("version", "3.2"),
            Map.of("timeout", "soon"),
            Map.of("maxmemory_policy", "none"),
            Map.of("notify_keyspace_events", "?"))) {
      assertThrows(UserError.class, () -> addons.create(app, request(options), by()));
    }
    assertEquals(List.of(), addons.list());
  }

  @Test
  void whereNoHostTakesItThatIsSaid() {
    var addon = addons.create(app, request(Map.of("host", "there")), by());
    await(() -> addons.find(addon.id()).orElseThrow().state() == AddonState.DEPROVISIONED);
    assertTrue(addons.find(addon.id()).orElseThrow().message().contains("no host there"));
  }

  private static AddonRequest request(Map<String, String> options) {
    return new AddonRequest("heroku-redis", null, null, options, null);
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
    Await.await("the Redis", PATIENCE, what);
  }

  private static List<String> names(List<Instance> instances) {
    return instances.stream().map(Instance::name).toList();
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
