package dev.slipway.addons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.apps.App;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.rollout.StepObserver;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.FakeRouter;
import dev.slipway.testing.LogCapture;
import dev.slipway.testing.SlowProvider;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Add-ons by the real services: what apps have by them, whatever happens to control.
class AddonsTest {
  @TempDir Path home;
  private final FakeEngine engine = new FakeEngine();
  private final SlowProvider slow = new SlowProvider();
  private Control control;
  private FakeRouter router;
  private Addons addons;
  private App app;

  @BeforeEach
  void start() {
    open(Clock.systemUTC());
    app = control.app("orders");
  }

  @AfterEach
  void stop() {
    close();
  }

  @Test
  void configVarsComeAndGoByReleases() {
    var addon = create("slipway-secret", null);
    assertEquals(AddonState.PROVISIONED, addon.state());
    assertEquals(Set.of("SECRET_KEY"), names(app));
    assertEquals("Attach SECRET (@" + addon.name() + ")", current(app).description());
    var again = create("slipway-secret", null);
    assertEquals("SECRET_AMBER", addons.attachments().of(again).getFirst().name());
    assertEquals(AddonState.DEPROVISIONED, addons.destroy(addon, false, by()).state());
    assertEquals(Set.of("SECRET_AMBER_KEY"), names(app));
    assertEquals("Detach SECRET (@" + addon.name() + ")", current(app).description());
    assertThrows(UserError.class, () -> addons.destroy(addon, false, by()));
  }

  @Test
  void aPersonCantChangeThemAndARollbackLeavesThem() throws Exception {
    control.await(
        control.release(app, Map.of("web", "serve"), ConfigVars.NONE), Duration.ofSeconds(20));
    create("slipway-secret", null);
    var key = value(app, "SECRET_KEY");
    var refused =
        assertThrows(
            UserError.class,
            () -> control.changes().setConfig(app, change("SECRET_KEY", "mine"), by()));
    assertTrue(refused.problem().what().contains("SECRET_KEY"));
    assertThrows(
        UserError.class, () -> control.changes().setConfig(app, change("SECRET_KEY", null), by()));
    var second = control.releases().get(app.id(), "2");
    control.changes().rollback(app, second, by());
    assertEquals(key, value(app, "SECRET_KEY"));
  }

  @Test
  void aKeyIsReplacedByPlanAndTheOneBeforeStays() throws Exception {
    var addon = create("slipway-secret:weekly", null);
    var other = control.app("billing");
    addons.attachments().attach(addon, other, "SIGNING", null, by());
    var key = value(app, "SECRET_KEY");
    close();
    open(Clock.offset(Clock.systemUTC(), Duration.ofDays(8)));
    addons.start();
    await(() -> !Objects.equals(key, value(app, "SECRET_KEY")));
    assertEquals(key, value(app, "SECRET_KEY_PREVIOUS"));
    assertEquals(value(app, "SECRET_KEY"), value(other, "SIGNING_KEY"));
    assertEquals(key, value(other, "SIGNING_KEY_PREVIOUS"));
    assertEquals("Update SIGNING (@" + addon.name() + ")", current(other).description());
    var releases = control.releases().list(app.id()).size();
    Thread.sleep(1500);
    assertEquals(releases, control.releases().list(app.id()).size());
  }

  @Test
  void whatTakesAWhileGoesOnAfterControlWasKilled() throws Exception {
    var addon = create("slow-store", null);
    assertEquals(AddonState.PROVISIONING, addon.state());
    assertEquals(Set.of(), names(app));
    assertThrows(
        UserError.class,
        () -> addons.attachments().attach(addon, control.app("late"), null, null, by()));
    close();
    open(Clock.systemUTC());
    addons.start();
    await(() -> names(app).equals(Set.of("STORE_URL")));
    assertEquals("Have fun with it", addons.find(addon.id()).orElseThrow().message());
  }

  @Test
  void whatCantBeHadSaysWhyAndCanBeDestroyed() throws Exception {
    var addon = create("slow-store:never", null);
    addons.start();
    await(() -> addons.find(addon.id()).orElseThrow().state() == AddonState.DEPROVISIONED);
    assertEquals("there is no room", addons.find(addon.id()).orElseThrow().message());
    assertEquals(Set.of(), names(app));
    addons.destroy(addon, false, by());
    await(() -> addons.find(addon.id()).isEmpty());
    assertTrue(slow.isEmpty());
  }

  @Test
  void whatItsProviderRefusesCantBeHadEither() throws Exception {
    var addon = create("slow-store:refused", null);
    addons.start();
    await(() -> addons.find(addon.id()).orElseThrow().state() == AddonState.DEPROVISIONED);
    assertEquals("It can't be made so.", addons.find(addon.id()).orElseThrow().message());
  }

  @Test
  void aPlanThatCantBeHadLeavesTheAddonAsItIs() throws Exception {
    var addon = create("slow-store", null);
    addons.start();
    await(() -> names(app).equals(Set.of("STORE_URL")));
    var refused =
        assertThrows(UserError.class, () -> addons.changePlan(addon, "slow-store:never", by()));
    assertTrue(refused.problem().sentence().contains("a slow store keeps its plan"));
    var after = addons.find(addon.id()).orElseThrow();
    assertEquals(AddonState.PROVISIONED, after.state());
    assertEquals("small", after.plan());
  }

  @Test
  void whatFailsEachSecondIsLoggedOnce() throws Exception {
    var addon = create("slow-store:stale", null);
    try (var log = new LogCapture(Provisioning.class)) {
      addons.start();
      await(() -> addons.find(addon.id()).orElseThrow().state() == AddonState.PROVISIONED);
      await(() -> !log.records().isEmpty());
      Thread.sleep(2500);
      assertEquals(1, log.records().size());
    }
  }

  @Test
  void whatIsIdleIsNotOpened() throws Exception {
    create("slipway-secret:weekly", null);
    control.store().useTransaction(db -> db.execute("UPDATE addons SET config = x'00'"));
    try (var log = new LogCapture(Provisioning.class)) {
      addons.start();
      Thread.sleep(1500);
      assertEquals(List.of(), log.records());
    }
  }

  @Test
  void whatIsReplacedTakesItsConfigVarsAlong() throws Exception {
    addons.create(app, new AddonRequest("slipway-secret", "keys", "STORE", Map.of(), null), by());
    assertEquals(Set.of("STORE_KEY"), names(app));
    var request = new AddonRequest("slow-store", "attic", "STORE", Map.of(), "orders");
    var attic = addons.create(app, request, by());
    assertEquals(Set.of(), names(app));
    addons.start();
    await(() -> names(app).equals(Set.of("STORE_URL")));
    var keys = addons.list().stream().filter(each -> each.name().equals("keys")).findFirst();
    var releases = control.releases().list(app.id()).size();
    addons.attachments().attach(keys.orElseThrow(), app, "STORE", "orders", by());
    assertEquals(Set.of("STORE_KEY"), names(app));
    assertEquals(1, addons.attachments().of(app.id()).size());
    assertEquals(List.of(), addons.attachments().of(attic));
    assertEquals(releases + 1, control.releases().list(app.id()).size(), "never without either");
  }

  @Test
  void whatIsDetachedAlreadyChangesNothing() {
    var addon = create("slipway-secret", null);
    var other = addons.attachments().attach(addon, app, "SIGNING", null, by());
    addons.attachments().attach(addon, control.app("billing"), null, null, by());
    addons.attachments().detach(other, by());
    control.changes().setConfig(app, change("SIGNING_KEY", "mine"), by());
    var gone = assertThrows(UserError.class, () -> addons.attachments().detach(other, by()));
    assertEquals(ErrorCode.NOT_FOUND, gone.problem().code());
    assertEquals("mine", value(app, "SIGNING_KEY"));
  }

  @Test
  void theyGoWithTheirApp() throws Exception {
    var addon = create("slow-store", null);
    var other = control.app("billing");
    addons.start();
    await(() -> names(app).equals(Set.of("STORE_URL")));
    addons.attachments().attach(addon, other, null, null, by());
    control.changes().destroy(app);
    await(() -> addons.find(addon.id()).isEmpty());
    assertTrue(slow.isEmpty());
    assertEquals(Set.of(), names(other));
  }

  @Test
  void nothingIsOverwrittenUnasked() {
    control.changes().setConfig(app, change("SECRET_KEY", "mine"), by());
    var refused = assertThrows(UserError.class, () -> create("slipway-secret", null));
    assertEquals(ErrorCode.CONFIRMATION_REQUIRED, refused.problem().code());
    assertEquals(List.of(), addons.list());
    assertEquals("mine", value(app, "SECRET_KEY"));
    create("slipway-secret", "orders");
    assertNotEquals("mine", value(app, "SECRET_KEY"));
  }

  @Test
  void oneNameGoesToOneOfTwoAtOnce() throws Exception {
    Callable<Boolean> attempt =
        () -> {
          try {
            addons.create(
                app, new AddonRequest("slipway-secret", "keys", null, Map.of(), null), by());
            return true;
          } catch (UserError taken) {
            return false;
          }
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var made = 0;
      for (var result : threads.invokeAll(List.of(attempt, attempt, attempt, attempt))) {
        made += result.get() ? 1 : 0;
      }
      assertEquals(1, made);
    }
    assertEquals(2, control.releases().list(app.id()).size());
  }

  private Addon create(String plan, @Nullable String confirm) {
    return addons.create(app, new AddonRequest(plan, null, null, Map.of(), confirm), by());
  }

  private AccountId by() {
    return control.account().id();
  }

  private Release current(App of) {
    return control.releases().current(of.id());
  }

  private Set<String> names(App of) {
    return current(of).config().values().keySet();
  }

  private @Nullable String value(App of, String name) {
    var value = current(of).config().values().get(name);
    return value == null ? null : value.reveal();
  }

  private static Map<String, @Nullable String> change(String name, @Nullable String value) {
    var changes = new HashMap<String, @Nullable String>();
    changes.put(name, value);
    return changes;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (var i = 0; i < 400; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("it does not come about");
  }

  private void open(Clock clock) {
    control = new Control(home, engine, StepObserver.NONE);
    router = new FakeRouter(control.routers());
    addons =
        new Addons(
            control.store(),
            control.addonStore(),
            control.apps(),
            control.releases(),
            control.changes(),
            List.of(new SecretProvider(), slow),
            clock);
  }

  private void close() {
    addons.close();
    router.close();
    control.close();
  }
}
