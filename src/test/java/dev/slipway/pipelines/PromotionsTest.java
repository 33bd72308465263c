package dev.slipway.pipelines;

import static dev.slipway.testing.Await.awaitValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.apps.App;
import dev.slipway.core.UserError;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.rollout.StepObserver;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.FakeRouter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promotions by the real services on a fake engine: what runs on the target, and what becomes of a
/// promotion when things go wrong.
class PromotionsTest {
  @TempDir Path home;
  private final FakeEngine engine = new FakeEngine();
  private Control control;
  private FakeRouter router;
  private App staging;
  private App production;
  private Pipeline pipeline;

  @BeforeEach
  void start() throws Exception {
    open(StepObserver.NONE);
    staging = control.app("orders-staging");
    production = control.app("orders");
    pipeline = pipelines().create("shop", control.account().id());
    pipelines().couple(pipeline, staging, Stage.STAGING);
    pipelines().couple(pipeline, production, Stage.PRODUCTION);
  }

  @AfterEach
  void stop() {
    close();
  }

  @Test
  void theTargetRunsTheSameImageWithItsOwnConfigVars() throws Exception {
    deploy(Map.of("web", "serve", "worker", "work"));
    control.changes().setConfig(production, config("STAGE", "production"), control.account().id());
    var promotion = promote();
    var target = ended(promotion);
    assertEquals(ReleaseStatus.SUCCEEDED, target.status());
    assertNull(target.problem());
    var released = control.releases().get(target.release());
    var source = control.releases().live(staging.id());
    assertEquals(images(source), images(released));
    assertNotEquals(source.slug().orElseThrow().id(), released.slug().orElseThrow().id());
    assertEquals("Promote orders-staging v2 01234567", released.description());
    assertEquals(Set.of("STAGE"), released.config().values().keySet());
    assertEquals(1, control.dynos(production).size());
  }

  @Test
  void aReleasePhaseThatFailsOnTheTargetFailsThePromotion() throws Exception {
    deploy(Map.of("web", "serve"));
    var promotion = promote();
    ended(promotion);
    deploy(Map.of("web", "serve", "release", "exit 0"));
    engine.crash(dyno -> dyno.dyno().type().value().equals("release"));
    var target = ended(promote());
    assertEquals(ReleaseStatus.FAILED, target.status());
    assertTrue(String.valueOf(target.problem()).contains("release command failed"));
    assertEquals(2, control.releases().live(production.id()).version().value());
  }

  @Test
  void itGoesOnAfterControlWasKilled() throws Exception {
    deploy(Map.of("web", "serve"));
    router.close();
    engine.failStarts(Integer.MAX_VALUE);
    var promotion = promote();
    assertTrue(!promotion.isComplete());
    close();
    engine.failStarts(0);
    open(StepObserver.NONE);
    assertEquals(ReleaseStatus.SUCCEEDED, ended(promotion).status());
  }

  @Test
  void theCodeOutlivesItsSource() throws Exception {
    deploy(Map.of("web", "serve"));
    ended(promote());
    var image =
        control.releases().live(production.id()).slug().orElseThrow().processes().values().stream()
            .map(process -> process.image())
            .findFirst()
            .orElseThrow();
    control.changes().destroy(staging);
    assertEquals(Set.of(), control.releases().needless(Set.of(image)));
    control.changes().setConfig(production, config("A", "1"), control.account().id());
    assertEquals(
        image.toString(),
        images(control.releases().current(production.id())).values().iterator().next());
  }

  @Test
  void whatCantBePromotedChangesNothing() {
    var other = control.app("other");
    var before = control.releases().list(production.id()).size();
    assertThrows(UserError.class, this::promote);
    deploySoon(Map.of("web", "serve"));
    for (var targets :
        List.of(
            List.<App>of(),
            List.of(staging),
            List.of(production, other),
            List.of(production, production))) {
      assertThrows(UserError.class, () -> promote(targets));
    }
    assertEquals(before, control.releases().list(production.id()).size());
  }

  private static Map<String, @Nullable String> config(String name, String value) {
    var changes = new HashMap<String, @Nullable String>();
    changes.put(name, value);
    return changes;
  }

  private void deploy(Map<String, String> commands) throws Exception {
    control.await(control.release(staging, commands, ConfigVars.NONE), Duration.ofSeconds(20));
  }

  private void deploySoon(Map<String, String> commands) {
    try {
      deploy(commands);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Promotion promote() {
    return promote(List.of(production));
  }

  private Promotion promote(List<App> targets) {
    return promotions()
        .promote(
            pipeline,
            staging,
            control.releases().live(staging.id()),
            targets,
            control.account().id());
  }

  private PromotionTarget ended(Promotion promotion) {
    return awaitValue(
            "the promotion's end",
            () -> promotions().get(promotion.id().toString(), control.account().id()),
            Promotion::isComplete)
        .targets()
        .getFirst();
  }

  private static Map<String, String> images(Release release) {
    var images = new HashMap<String, String>();
    release
        .slug()
        .orElseThrow()
        .processes()
        .forEach((type, process) -> images.put(type.value(), process.image().toString()));
    return images;
  }

  private Pipelines pipelines() {
    return new Pipelines(control.store(), Clock.systemUTC());
  }

  private Promotions promotions() {
    return new Promotions(control.store(), pipelines(), control.changes(), Clock.systemUTC());
  }

  private void open(StepObserver observer) {
    control = new Control(home, engine, observer);
    router = new FakeRouter(control.routers());
  }

  private void close() {
    router.close();
    control.close();
  }
}
