package dev.slipway.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppName;
import dev.slipway.core.Secret;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How builds end, also when control ended before they did.
class BuildsTest {
  private final Clock clock = Clock.systemUTC();

  @TempDir Path home;
  private Store store;
  private Releases releases;
  private Builds builds;
  private App app;
  private AccountId account;

  @BeforeEach
  void start() {
    store = Store.open(home.resolve("control.db"));
    releases = new Releases(store, Vault.open(home.resolve("keyset.json")), clock);
    account = new Accounts(store, clock).ensure("test@localhost", new Secret("key")).id();
    app = new Apps(store, clock).create(new AppName("orders"), account);
    builds = builds();
  }

  @AfterEach
  void stop() {
    store.close();
  }

  @Test
  void aBuildThatRunsIsPendingUntilItsDeployEnds() {
    var build = build();
    var release = release(build);
    end(release, ReleaseStatus.SUCCEEDED);
    assertEquals(BuildStatus.PENDING, status(build));
    builds.succeed(build);
    assertEquals(BuildStatus.SUCCEEDED, status(build));
    assertEquals(release.id(), builds.get(app.id(), build.id().toString()).release());
  }

  @Test
  void aBuildThatFailsLedToNothing() {
    var build = build();
    end(release(build), ReleaseStatus.FAILED);
    builds.fail(build);
    assertEquals(BuildStatus.FAILED, status(build));
    assertNull(builds.get(app.id(), build.id().toString()).release());
  }

  @Test
  void aBuildWithoutAReleaseDiesWithControl() {
    var build = build();
    restart();
    assertEquals(BuildStatus.FAILED, status(build));
  }

  @Test
  void aBuildWhoseReleaseOutlivesControlEndsAsItDoes() {
    var live = build();
    var first = release(live);
    var dead = build();
    var second = release(dead);
    restart();
    assertEquals(BuildStatus.PENDING, status(live));
    end(first, ReleaseStatus.SUCCEEDED);
    end(second, ReleaseStatus.FAILED);
    assertEquals(BuildStatus.SUCCEEDED, status(live));
    assertEquals(BuildStatus.FAILED, status(dead));
  }

  /// As a control does that is told to stop: its rollout goes on later.
  @Test
  void aDeployThatIsBrokenOffLeavesTheWordToTheRelease() {
    var build = build();
    var release = release(build);
    builds.fail(build);
    assertEquals(BuildStatus.PENDING, status(build));
    restart();
    end(release, ReleaseStatus.SUCCEEDED);
    assertEquals(BuildStatus.SUCCEEDED, status(build));
  }

  private void restart() {
    builds = builds();
    builds.failInterrupted();
  }

  private Builds builds() {
    return new Builds(store, home.resolve("builds"), clock);
  }

  private Build build() {
    return builds.start(app.id(), "4f2c1ab", account);
  }

  private Release release(Build build) {
    return store.inTransaction(db -> {
      var release =
          releases.add(db, app.id(), "Test", ReleaseStatus.PENDING, null, ConfigVars.NONE, account);
      builds.lead(db, build, release);
      return release;
    });
  }

  private void end(Release release, ReleaseStatus status) {
    store.useTransaction(db -> releases.setStatus(db, release.id(), status));
  }

  private BuildStatus status(Build build) {
    return builds.get(app.id(), build.id().toString()).status();
  }
}
