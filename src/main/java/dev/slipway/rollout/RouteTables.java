package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.apps.AppFeature;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Domain;
import dev.slipway.apps.Features;
import dev.slipway.apps.FormationEntry;
import dev.slipway.certificates.Certificate;
import dev.slipway.certificates.CertificateStore;
import dev.slipway.core.AppId;
import dev.slipway.release.Releases;
import dev.slipway.router.AppRoutes;
import dev.slipway.router.DynoRoute;
import dev.slipway.router.Routers;
import dev.slipway.router.TableVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Makes the route table out of what is wanted (apps, domains, dynos) and what is (addresses), and
/// gives it to the routers. Thread-safe.
public final class RouteTables {
  /// Up to so many apps are read one by one: with 1,000 apps that takes as long as to read all.
  private static final int FEW = 150;

  private final Apps apps;
  private final Features features;
  private final CertificateStore certificates;
  private final Releases releases;
  private final DynoStore dynos;
  private final DynoWatch watch;
  private final Routers routers;
  private final Map<UUID, AppSettings> settings = new ConcurrentHashMap<>();
  private Map<AppId, AppRoutes> current = new HashMap<>();
  private boolean complete;

  RouteTables(
      Apps apps,
      Features features,
      CertificateStore certificates,
      Releases releases,
      DynoStore dynos,
      DynoWatch watch,
      Routers routers) {
    this.apps = apps;
    this.features = features;
    this.certificates = certificates;
    this.releases = releases;
    this.dynos = dynos;
    this.watch = watch;
    this.routers = routers;
  }

  /// Publishes the table as it should be now, all of it read anew.
  ///
  /// @return its version; the one in force when nothing changed
  public synchronized TableVersion publish() {
    var domains = apps.domains().list().stream().collect(Collectors.groupingBy(Domain::app));
    var all = dynos.all();
    var byApp = all.stream().collect(Collectors.groupingBy(Dyno::app));
    var live = releases.live();
    var wanted = apps.webDynosWanted();
    var affine = features.chosenBy(AppFeature.HTTP_SESSION_AFFINITY);
    var served = certificates.all().stream().collect(Collectors.groupingBy(Certificate::app));
    var anew = new HashMap<AppId, AppRoutes>();
    for (var app : apps.list()) {
      var routes =
          routes(
              app,
              wanted.getOrDefault(app.id(), 0),
              domains.getOrDefault(app.id(), List.of()),
              byApp.getOrDefault(app.id(), List.of()),
              affine.contains(app.id()),
              Optional.ofNullable(live.get(app.id())),
              served.getOrDefault(app.id(), List.of()));
      put(anew, routes);
    }
    current = anew;
    complete = true;
    var inUse = all.stream().map(Dyno::release).collect(Collectors.toCollection(HashSet::new));
    inUse.addAll(live.values());
    settings.keySet().retainAll(inUse);
    return give();
  }

  /// Publishes the table with the routes of these apps as they should be now, and of all others as
  /// they were, which costs no more with many apps than with few.
  ///
  /// @return its version; the one in force when nothing changed
  public synchronized TableVersion publish(Collection<AppId> changed) {
    if (!complete || changed.size() > FEW) {
      return publish();
    }
    for (var id : changed) {
      apps.find(id).ifPresentOrElse(app -> put(current, routesNow(app)), () -> current.remove(id));
    }
    return give();
  }

  /// Puts the same object again where nothing changed: what was made of it is still good.
  private void put(Map<AppId, AppRoutes> table, AppRoutes routes) {
    var known = current.get(routes.app());
    table.put(routes.app(), routes.equals(known) ? known : routes);
  }

  private AppRoutes routesNow(App app) {
    return routes(
        app,
        apps.formation(app.id()).stream()
            .filter(entry -> entry.type().isWeb())
            .mapToInt(FormationEntry::quantity)
            .sum(),
        apps.domains().list(app.id()),
        dynos.of(app.id()),
        features.get(app, AppFeature.HTTP_SESSION_AFFINITY).enabled(),
        releases.liveId(app.id()),
        certificates.of(app.id()));
  }

  private TableVersion give() {
    return routers.publish(
        current.values().stream()
            .sorted(Comparator.comparing(routes -> routes.name().value()))
            .toList());
  }

  private AppRoutes routes(
      App app,
      int wanted,
      List<Domain> domains,
      List<Dyno> all,
      boolean affine,
      Optional<UUID> live,
      List<Certificate> certificates) {
    var web = all.stream().filter(dyno -> dyno.name().type().isWeb()).toList();
    return new AppRoutes(
        app.id(),
        app.name(),
        hosts(app, domains),
        app.maintenance(),
        wanted,
        addressed(web, DynoStage.LIVE),
        addressed(web, DynoStage.CANDIDATE),
        web.stream()
            .filter(dyno -> dyno.stage() == DynoStage.CANDIDATE)
            .findFirst()
            .map(dyno -> settings(dyno.release()).healthPath())
            .orElse(null),
        affine,
        live.map(release -> settings(release).pages()).orElse(Map.of()),
        fingerprints(domains, certificates));
  }

  /// By host name; those without a certificate are left out.
  private static Map<String, String> fingerprints(
      List<Domain> domains, List<Certificate> certificates) {
    var fingerprints = new TreeMap<String, String>();
    for (var domain : domains) {
      Certificate.of(domain, certificates)
          .ifPresent(it -> fingerprints.put(domain.hostname(), it.fingerprint()));
    }
    return fingerprints;
  }

  private static List<String> hosts(App app, List<Domain> domains) {
    var hosts = new ArrayList<String>();
    hosts.add(app.name() + ".localhost");
    domains.forEach(domain -> hosts.add(domain.hostname()));
    return hosts;
  }

  /// A release's config vars never change, so neither do its settings. The routes of all other apps
  /// must not hang on them.
  private AppSettings settings(UUID release) {
    return settings.computeIfAbsent(release, id -> AppSettings.usable(releases.get(id).config()));
  }

  private List<DynoRoute> addressed(List<Dyno> web, DynoStage stage) {
    var routes = new ArrayList<DynoRoute>();
    for (var dyno : web) {
      if (dyno.stage() == stage) {
        watch
            .state(dyno.service())
            .filter(state -> state.running() && state.address() != null)
            .ifPresent(state ->
                routes.add(
                    new DynoRoute(
                        dyno.service(),
                        dyno.name(),
                        String.valueOf(state.address()),
                        DynoEnvironment.PORT)));
      }
    }
    return routes;
  }
}
