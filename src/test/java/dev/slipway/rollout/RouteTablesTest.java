package dev.slipway.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.App;
import dev.slipway.apps.AppFeature;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Features;
import dev.slipway.certificates.CertificateStore;
import dev.slipway.certificates.Certificates;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.router.AppRoutes;
import dev.slipway.router.Routers;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What routers are told of an app's domains, certificates and features.
class RouteTablesTest {
  private final Clock clock = Clock.systemUTC();
  private final Routers routers = new Routers();
  private final TestAuthority authority = TestAuthority.root("Tests");
  private @TempDir Path home;
  private Store store;
  private Apps apps;
  private Features features;
  private Certificates certificates;
  private Releases releases;
  private RouteTables tables;
  private App app;

  @BeforeEach
  void open() {
    store = Store.open(home.resolve("control.db"));
    var vault = Vault.open(home.resolve("keyset.json"));
    apps = new Apps(store, clock);
    features = new Features(store, clock);
    certificates = new Certificates(store, vault, apps, clock);
    releases = new Releases(store, vault, clock);
    tables =
        new RouteTables(
            apps,
            features,
            new CertificateStore(store),
            releases,
            new DynoStore(store),
            new DynoWatch(new FakeEngine()),
            routers);
    var owner = new Accounts(store, clock).ensure("you@example.com", new Secret("key"));
    app = apps.create(new AppName("orders"), owner.id());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void eachDomainNamesItsCertificate() {
    apps.domains().add(app.id(), "www.example.com");
    apps.domains().add(app.id(), "bare.example.org");
    assertEquals(Map.of(), published().certificates());
    var first = add("www.example.com");
    assertEquals(Map.of("www.example.com", first), published().certificates());
    certificates.choose(app.id(), "www.example.com", certificates.list(app.id()).getFirst().name());
    var second = add("*.example.com", "*.example.org");
    assertEquals(
        Map.of("www.example.com", first, "bare.example.org", second), published().certificates());
    assertTrue(certificates.served(second).orElseThrow().chain().contains("BEGIN CERTIFICATE"));
    certificates.remove(app.id(), name(first));
    assertEquals(
        Map.of("www.example.com", second, "bare.example.org", second), published().certificates());
    assertTrue(certificates.served(first).isEmpty());
  }

  @Test
  void anAppThatIsDestroyedTakesItsCertificatesAlong() {
    apps.domains().add(app.id(), "www.example.com");
    var fingerprint = add("www.example.com");
    features.set(app, AppFeature.HTTP_SESSION_AFFINITY, true);
    apps.destroy(app.id());
    tables.publish();
    assertEquals(List.of(), routers.table().orElseThrow().apps());
    assertTrue(certificates.served(fingerprint).isEmpty());
    assertTrue(features.chosenBy(AppFeature.HTTP_SESSION_AFFINITY).isEmpty());
  }

  @Test
  void affinityIsSaid() {
    assertFalse(published().sessionAffinity());
    features.set(app, AppFeature.HTTP_SESSION_AFFINITY, true);
    assertTrue(published().sessionAffinity());
    features.set(app, AppFeature.HTTP_SESSION_AFFINITY, false);
    assertFalse(published().sessionAffinity());
  }

  @Test
  void anAppsPagesAreThoseOfItsLiveRelease() {
    runs(Map.of("MAINTENANCE_PAGE_URL", "https://example.com/closed", "ERROR_PAGE_URL", " "));
    assertEquals(Map.of("maintenance", "https://example.com/closed"), published().pages());
  }

  @Test
  void aValueOfAnEarlierVersionHoldsNoTableUp() {
    runs(Map.of("ERROR_PAGE_URL", "nonsense"));
    assertEquals(Map.of(), published().pages());
  }

  @Test
  void oneAppsChangeMakesTheTableThatAllReadAnewWouldBe() {
    var owner = app.owner();
    var other = apps.create(new AppName("billing"), owner);
    tables.publish();
    apps.domains().add(app.id(), "www.example.com");
    features.set(app, AppFeature.HTTP_SESSION_AFFINITY, true);
    apps.setMaintenance(app.id(), true);
    apps.rename(app.id(), new AppName("a-first-name"));
    runs(Map.of("ERROR_PAGE_URL", "https://example.com/sorry"));
    var one = tables.publish(Set.of(app.id()));
    var routes = routers.table().orElseThrow().apps();
    assertEquals(List.of("a-first-name", "billing"), names(routes));
    assertEquals(List.of("a-first-name.localhost", "www.example.com"), routes.getFirst().hosts());
    assertEquals(one, tables.publish(), "the sweep makes another table of the same");
    apps.destroy(other.id());
    var two = tables.publish(Set.of(other.id()));
    assertEquals(List.of("a-first-name"), names(routers.table().orElseThrow().apps()));
    assertEquals(two, tables.publish());
  }

  private static List<String> names(List<AppRoutes> routes) {
    return routes.stream().map(each -> each.name().value()).toList();
  }

  /// Has the app run a web dyno of a release with these config vars.
  private void runs(Map<String, @Nullable String> vars) {
    store.useTransaction(db -> {
      var release =
          releases.add(
              db,
              app.id(),
              "Test",
              ReleaseStatus.SUCCEEDED,
              null,
              ConfigVars.NONE.with(vars),
              app.owner());
      var rollout =
          new RolloutStore(store, clock)
              .add(db, app.id(), release.id(), Reason.RELEASE, new DynoSelection.All());
      var dyno =
          new Dyno(
              UUID.randomUUID(),
              app.id(),
              DynoName.of("web.1"),
              new ServiceName("x-web-1-g1"),
              release.id(),
              DynoSize.STANDARD_1X,
              DynoStage.LIVE,
              rollout.id(),
              null,
              clock.instant());
      new DynoStore(store).insert(db, dyno, 1);
    });
  }

  private AppRoutes published() {
    tables.publish();
    return routers.table().orElseThrow().apps().getFirst();
  }

  /// Adds a certificate for the names, and gives its fingerprint.
  private String add(String... names) {
    var issued = authority.issue(names);
    return certificates.add(app.id(), issued.certificate(), new Secret(issued.key())).fingerprint();
  }

  private String name(String fingerprint) {
    return certificates.list(app.id()).stream()
        .filter(each -> each.fingerprint().equals(fingerprint))
        .findFirst()
        .orElseThrow()
        .name();
  }
}
