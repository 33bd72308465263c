package dev.slipway.server;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.addons.AddonStore;
import dev.slipway.agent.Agents;
import dev.slipway.agent.MutualTls;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Features;
import dev.slipway.certificates.Certificates;
import dev.slipway.core.Secret;
import dev.slipway.deploy.AppChanges;
import dev.slipway.deploy.Builds;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Engine;
import dev.slipway.engine.HostEngines;
import dev.slipway.engine.SwarmEngine;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.image.Credential;
import dev.slipway.image.ImageServer;
import dev.slipway.observe.LogCollector;
import dev.slipway.observe.Logs;
import dev.slipway.postgres.OnlyHost;
import dev.slipway.release.Releases;
import dev.slipway.rollout.CoolOffs;
import dev.slipway.rollout.DynoEvents;
import dev.slipway.rollout.DynoWatch;
import dev.slipway.rollout.Dynos;
import dev.slipway.rollout.HostHolds;
import dev.slipway.rollout.Rollouts;
import dev.slipway.rollout.StateLines;
import dev.slipway.rollout.StepObserver;
import dev.slipway.router.RouterEndpoint;
import dev.slipway.router.Routers;
import dev.slipway.router.ServerCertificate;
import dev.slipway.source.GitRepositories;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.takeover.FencedEngine;
import dev.slipway.takeover.Reign;
import io.javalin.Javalin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What control and a direct deploy have in common: the state, the way to the hosts, and the
/// rollouts there.
final class RolloutServices implements AutoCloseable {
  private static final URI IMAGE_SERVER = URI.create("http://slipway-registry:5000");
  private static final String OWNER = "admin@localhost";

  final Clock clock = Clock.systemUTC();
  final DockerApi docker;
  final Vault vault;
  final @Nullable Reign reign;
  final Store store;
  final Logs logs;
  final Accounts accounts;
  final Account owner;
  final Apps apps;
  final Features features;
  final Certificates certificates;
  final Releases releases;
  final GitRepositories repositories;
  final Credential registry;
  final ImageServer images;
  final @Nullable Agents agents;
  final Engine engine;
  final DynoWatch watch;
  final Rollouts rollouts;
  final Dynos dynos;
  final Builds builds;
  final AddonStore addonStore;
  final AppChanges changes;
  private final HomeLock lock;
  private final HostHolds holds;
  private final CoolOffs coolOffs;
  private final Javalin routerServer;

  /// Waits until this process may work on the state, where several managers keep it.
  ///
  /// @param lock that of the directory, which is given back at the end
  /// @param observer is told of each step of a rollout
  RolloutServices(HomeLock lock, ServerSettings settings, StepObserver observer)
      throws InterruptedException {
    this.lock = lock;
    var home = settings.home();
    docker = new DockerApi(settings.dockerSocket());
    vault = Vault.open(home.resolve("secrets").resolve("keyset.json"));
    var database = home.resolve("control.db");
    reign =
        settings.journalled()
            ? Reign.await(settings.dockerSocket(), docker, vault, database)
            : null;
    store = reign == null ? Store.open(database) : reign.store();
    logs = new Logs(home.resolve("logs"), clock);
    accounts = new Accounts(store, clock);
    apps = new Apps(store, clock);
    features = new Features(store, clock);
    certificates = new Certificates(store, vault, apps, clock);
    releases = new Releases(store, vault, clock, apps.events());
    repositories = new GitRepositories(home.resolve("git"));
    owner = accounts.ensure(OWNER, settings.secret("api-key"));

    registry = new Credential("slipway", settings.secret("registry-password"));
    images = new ImageServer(IMAGE_SERVER, registry);
    agents = agents(settings, new SwarmNodes(docker));
    var swarm =
        new SwarmEngine(
            docker,
            hosts(),
            settings.dynosNetwork(),
            registry.password(),
            OnlyHost::environment,
            settings.diskPercent());
    engine = reign == null ? swarm : new FencedEngine(swarm, reign.fence());

    var routers = new Routers();
    watch = new DynoWatch(engine);
    rollouts = new Rollouts(store, apps, releases, engine, watch, routers, logs, observer, clock);
    dynos = new Dynos(store, watch, releases);
    watch.listen(
        new StateLines(logs, new LogCollector(engine, logs, clock), dynos, clock.instant()));
    coolOffs = new CoolOffs(store, engine, watch, logs, clock);
    watch.listen(coolOffs);
    watch.listen(rollouts::changed);
    holds = new HostHolds(engine, watch);
    watch.listen(holds);
    watch.listen(new DynoEvents(apps.events(), dynos, clock.instant()));

    builds = new Builds(store, home.resolve("builds"), clock, apps.events());
    addonStore = new AddonStore(store, vault);
    changes =
        new AppChanges(
            store,
            apps,
            accounts,
            releases,
            dynos,
            builds,
            rollouts,
            repositories,
            addonStore,
            logs);
    routerServer = routerServer(settings, routers, settings.secret("router-token"));
  }

  /// The engines of the other hosts.
  HostEngines hosts() {
    return agents == null ? HostEngines.NONE : agents;
  }

  /// Returns where this process may still change things.
  void checkTerm() {
    if (reign != null) {
      reign.fence().check();
    }
  }

  /// Lets another manager's control go on at once.
  void resign() {
    if (reign != null) {
      reign.resign();
    }
  }

  /// Takes up what was left unfinished.
  void start() {
    if (agents != null) {
      agents.start();
    }
    watch.start();
    coolOffs.start();
    rollouts.resume();
    routerServer.start();
  }

  /// Leaves rollouts where they stand.
  @Override
  public void close() {
    rollouts.close();
    coolOffs.close();
    watch.close();
    holds.close();
    routerServer.stop();
    if (agents != null) {
      agents.close();
    }
    logs.close();
    store.close();
    lock.close();
  }

  private Javalin routerServer(ServerSettings settings, Routers routers, Secret token) {
    var endpoint =
        new RouterEndpoint(
            routers,
            router -> Optional.of(token.derive(router.value())),
            fingerprint ->
                certificates
                    .served(fingerprint)
                    .map(it -> new ServerCertificate(fingerprint, it.chain(), it.key())),
            (app, time, text) -> logs.add(app, time, "heroku", "router", text));
    return Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.jetty.port = settings.routerPort();
      config.concurrency.useVirtualThreads = true;
      // Jetty's cache of headers takes 100 KB a connection, and each router has two.
      config.jetty.modifyHttpConfiguration(http -> http.setHeaderCacheSize(0));
      endpoint.routes(config);
    });
  }

  /// Without the installation's certificates no agent could be told from anybody else.
  private static @Nullable Agents agents(ServerSettings settings, SwarmNodes nodes) {
    var tls = settings.home().resolve("tls");
    if (!Files.exists(tls.resolve("ca.crt"))) {
      return null;
    }
    try {
      var mutual =
          MutualTls.read(
              tls.resolve("control.crt"), tls.resolve("control.key"), tls.resolve("ca.crt"));
      return new Agents(mutual, settings.agentPort(), node -> nodes.find(node).isPresent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
