package dev.slipway.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.slipway.apps.App;
import dev.slipway.core.ProcessType;
import dev.slipway.image.ImageReference;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import dev.slipway.store.Store;
import dev.slipway.testing.Control;
import dev.slipway.testing.FakeEngine;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which images stay on the hosts.
class ImageSweepTest {
  @TempDir Path home;
  private final FakeEngine engine = new FakeEngine();
  private Control control;
  private Store store;
  private int images;

  @BeforeEach
  void start() {
    control = new Control(home, engine, StepObserver.NONE);
    store = Store.open(home.resolve("control.db"));
  }

  @AfterEach
  void stop() {
    store.close();
    control.close();
  }

  @Test
  void theNewestFiveOfEachAppStay() {
    var orders = pulled(control.app("orders"), 7);
    var chat = pulled(control.app("chat"), 2);
    sweep();
    var stay = new ArrayList<>(orders.subList(2, 7));
    stay.addAll(chat);
    assertEquals(Set.copyOf(stay), engine.images());
  }

  /// A rollback to an old slug, or a config change, makes no slug older.
  @Test
  void whatWasReleasedAgainIsNew() {
    var app = control.app("orders");
    var first = slug(app);
    release(app, first, ReleaseStatus.SUCCEEDED);
    pulled(app, 5);
    var again = release(app, first, ReleaseStatus.PENDING);
    for (var i = 0; i < 5; i++) {
      release(app, again.slug().orElseThrow(), ReleaseStatus.SUCCEEDED);
    }
    engine.hold(image(first));
    sweep();
    assertEquals(5, engine.images().size());
    assertEquals(true, engine.images().contains(image(first)));
  }

  @Test
  void thoseOfFailedReleasesAndDestroyedAppsGo() {
    var app = control.app("orders");
    var failed = slug(app);
    release(app, failed, ReleaseStatus.FAILED);
    engine.hold(image(failed));
    engine.hold(newImage(app));
    sweep();
    assertEquals(Set.of(), engine.images());
  }

  @Test
  void thoseOfOthersStay() {
    var other = new ImageReference("someone/base", "sha256:" + "a".repeat(64));
    engine.hold(other);
    sweep();
    assertEquals(Set.of(other), engine.images());
  }

  private void sweep() {
    new ImageSweep(engine, control.releases()).run();
  }

  private List<ImageReference> pulled(App app, int count) {
    var pulled = new ArrayList<ImageReference>();
    for (var i = 0; i < count; i++) {
      var slug = slug(app);
      release(app, slug, ReleaseStatus.SUCCEEDED);
      engine.hold(image(slug));
      pulled.add(image(slug));
    }
    return pulled;
  }

  private Slug slug(App app) {
    var processes = new TreeMap<ProcessType, SlugProcess>();
    processes.put(ProcessType.WEB, new SlugProcess(newImage(app), null));
    return control
        .releases()
        .addSlug(
            new Slug(UUID.randomUUID(), app.id(), "4f2c1ab", "test", processes, Instant.now()));
  }

  private ImageReference newImage(App app) {
    return new ImageReference(app.id().toString(), "sha256:" + "%064d".formatted(++images));
  }

  private static ImageReference image(Slug slug) {
    return slug.processes().values().iterator().next().image();
  }

  private Release release(App app, Slug slug, ReleaseStatus status) {
    var by = control.account().id();
    return store.inTransaction(
        db -> control.releases().add(db, app.id(), "Test", status, slug, ConfigVars.NONE, by));
  }
}
