package dev.slipway.server;

import dev.slipway.accounts.Accounts;
import dev.slipway.addons.AddonStore;
import dev.slipway.addons.Addons;
import dev.slipway.addons.SecretProvider;
import dev.slipway.agent.Agents;
import dev.slipway.agent.MutualTls;
import dev.slipway.api.Api;
import dev.slipway.api.ApiServices;
import dev.slipway.api.ApiSettings;
import dev.slipway.api.LiveOperations;
import dev.slipway.api.PemFiles;
import dev.slipway.apps.AppEvent;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Features;
import dev.slipway.build.Builder;
import dev.slipway.build.BuilderSettings;
import dev.slipway.certificates.Certificates;
import dev.slipway.core.Secret;
import dev.slipway.deploy.AppChanges;
import dev.slipway.deploy.Builds;
import dev.slipway.deploy.Deploy;
import dev.slipway.deploy.ImageReleases;
import dev.slipway.deploy.PushedImages;
import dev.slipway.drains.Drains;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.FleetView;
import dev.slipway.engine.HostEngines;
import dev.slipway.engine.NodeEngines;
import dev.slipway.engine.SwarmEngine;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.hosted.HostContainers;
import dev.slipway.image.Credential;
import dev.slipway.image.ImageServer;
import dev.slipway.objects.StoreChoice;
import dev.slipway.observe.Fleet;
import dev.slipway.observe.LogCollector;
import dev.slipway.observe.Logs;
import dev.slipway.oneoff.OneOffs;
import dev.slipway.oneoff.Rendezvous;
import dev.slipway.outbound.Outbound;
import dev.slipway.outbound.Targets;
import dev.slipway.pipelines.Pipelines;
import dev.slipway.pipelines.Promotions;
import dev.slipway.postgres.BackupStore;
import dev.slipway.postgres.DatabaseStore;
import dev.slipway.postgres.Databases;
import dev.slipway.postgres.DockerServers;
import dev.slipway.postgres.OnlyHost;
import dev.slipway.redis.DockerInstances;
import dev.slipway.redis.InstanceStore;
import dev.slipway.redis.Instances;
import dev.slipway.release.Releases;
import dev.slipway.rollout.DynoEvents;
import dev.slipway.rollout.DynoWatch;
import dev.slipway.rollout.Dynos;
import dev.slipway.rollout.HostHolds;
import dev.slipway.rollout.PostDeploy;
import dev.slipway.rollout.Receipts;
import dev.slipway.rollout.Rollouts;
import dev.slipway.rollout.StateLines;
import dev.slipway.rollout.StepObserver;
import dev.slipway.router.RouterEndpoint;
import dev.slipway.router.Routers;
import dev.slipway.router.ServerCertificate;
import dev.slipway.schedules.Schedules;
import dev.slipway.setups.AppSetups;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.Uploads;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.takeover.FencedEngine;
import dev.slipway.takeover.Reign;
import dev.slipway.webhooks.RetrySchedule;
import dev.slipway.webhooks.Webhooks;
import io.javalin.Javalin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// The control server: every part of it, in the order in which they depend on each other. This is
/// the only place that knows all of them.
public final class ControlServer {
  private static final long LARGEST_TARBALL = 2L * 1024 * 1024 * 1024;
  private static final URI IMAGE_SERVER = URI.create("http://slipway-registry:5000");

  /// How long the client of an attached one-off dyno may take to come.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String OWNER = "admin@localhost";

  private ControlServer() {}

  /// Starts control and runs until the process is told to end.
  public static void run() throws InterruptedException {
    var settings = ServerSettings.of(System.getenv());
    var clock = Clock.systemUTC();
    var home = settings.home();

    var docker = new DockerApi(settings.dockerSocket());
    var database = home.resolve("control.db");
    var vault = Vault.open(home.resolve("secrets").resolve("keyset.json"));
    var reign =
        settings.journalled()
            ? Reign.await(settings.dockerSocket(), docker, vault, database)
            : null;
    var store = reign == null ? Store.open(database) : reign.store();
    var logs = new Logs(home.resolve("logs"), clock);
    var accounts = new Accounts(store, clock);
    var apps = new Apps(store, clock);
    var features = new Features(store, clock);
    var certificates = new Certificates(store, vault, apps, clock);
    var releases = new Releases(store, vault, clock, apps.events());
    var repositories = new GitRepositories(home.resolve("git"));
    var uploads = new Uploads(home.resolve("uploads"), LARGEST_TARBALL, clock);
    accounts.ensure(OWNER, settings.secret("api-key"));

    var agents = agents(settings, new SwarmNodes(docker));
    var hosts = agents == null ? HostEngines.NONE : agents;
    var registry = new Credential("slipway", settings.secret("registry-password"));
    var swarm =
        new SwarmEngine(
            docker, hosts, settings.dynosNetwork(), registry.password(), OnlyHost::environment);
    var engine = reign == null ? swarm : new FencedEngine(swarm, reign.fence());
    var images = new ImageServer(IMAGE_SERVER, registry);
    var pushedImages = new PushedImages(images);
    var builder = new Builder(BuilderSettings.standard(), new Containers(docker), images, registry);

    var routers = new Routers();
    var watch = new DynoWatch(engine);
    var rollouts =
        new Rollouts(store, apps, releases, engine, watch, routers, logs, StepObserver.NONE, clock);
    var dynos = new Dynos(store, watch, releases);
    watch.listen(
        new StateLines(logs, new LogCollector(engine, logs, clock), dynos, clock.instant()));
    watch.listen(rollouts::changed);
    var holds = new HostHolds(engine, watch);
    watch.listen(holds);
    watch.listen(new DynoEvents(apps.events(), dynos, clock.instant()));

    var builds = new Builds(store, home.resolve("builds"), clock, apps.events());
    builds.failInterrupted();
    var deploy =
        new Deploy(store, apps, accounts, builds, builder, releases, rollouts, logs, clock);
    var addonStore = new AddonStore(store, vault);
    var changes =
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
    var hosted =
        new HostContainers(docker, new NodeEngines(docker, hosts), settings.dynosNetwork());
    var databases =
        new Databases(
            new DatabaseStore(store, vault),
            new DockerServers(
                hosted,
                settings.secret("backup-key"),
                () -> StoreChoice.read(home.resolve("secrets").resolve("store-backups"))),
            new BackupStore(store),
            (app, backup, text) -> {
              logs.platform(app, "postgres", text);
              apps.events().happened(AppEvent.of(app, AppEvent.Action.UPDATE, backup));
            },
            clock);
    var redis = new Instances(new InstanceStore(store, vault), new DockerInstances(hosted), clock);
    var addons =
        new Addons(
            store,
            addonStore,
            apps,
            releases,
            changes,
            List.of(databases.provider(), redis.provider(), new SecretProvider()),
            clock);
    var apiSettings = apiSettings(settings);
    var rendezvous = rendezvous(apiSettings, settings.rendezvousPort());
    var oneOffs =
        new OneOffs(store, apps, features, releases, engine, watch, logs, rendezvous, clock);
    var schedules = new Schedules(store, apps, oneOffs, logs, clock);
    var pipelines = new Pipelines(store, clock);
    var operations =
        new LiveOperations(
            changes,
            builds,
            deploy,
            dynos,
            new Receipts(store, clock),
            new PostDeploy(engine, logs, releases),
            new ImageReleases(pushedImages, releases, changes, clock));
    var outbound =
        new Outbound(Targets.allowing(settings.privateTargets()), settings.targetAuthorities());
    var drains = new Drains(store, vault, logs, outbound, clock);
    var webhooks = new Webhooks(store, vault, outbound, RetrySchedule.STANDARD, clock);
    var api =
        new Api(
            apiSettings,
            new ApiServices(
                accounts,
                apps,
                features,
                certificates,
                releases,
                logs,
                operations,
                repositories,
                uploads,
                outbound,
                oneOffs,
                pushedImages,
                drains,
                webhooks,
                pipelines,
                new Promotions(store, pipelines, changes, clock),
                addons,
                databases,
                redis,
                new AppSetups(store, clock),
                schedules,
                Fleet.of(new FleetView(docker, hosts)),
                clock));

    var routerToken = settings.secret("router-token");
    var routerServer = routerServer(settings, routers, routerToken, certificates, logs);
    if (agents != null) {
      agents.start();
    }
    drains.start();
    webhooks.start();
    watch.start();
    rollouts.resume();
    addons.start();
    Runnable fence = reign == null ? () -> {} : reign.fence()::check;
    databases.start(addons, releases, fence);
    redis.start(addons, releases, fence);
    routerServer.start();
    if (rendezvous != null) {
      rendezvous.start();
    }
    oneOffs.resume();
    schedules.start();
    api.start();

    var stop = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              api.close();
              if (rendezvous != null) {
                rendezvous.close();
              }
              schedules.close();
              oneOffs.close();
              redis.close();
              databases.close();
              addons.close();
              rollouts.close();
              watch.close();
              holds.close();
              routerServer.stop();
              if (agents != null) {
                agents.close();
              }
              drains.close();
              webhooks.close();
              outbound.close();
              logs.close();
              store.close();
              stop.countDown();
            }));
    stop.await();
  }

  private static Javalin routerServer(
      ServerSettings settings,
      Routers routers,
      Secret token,
      Certificates certificates,
      Logs logs) {
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

  /// Without a certificate nobody can come: the stock client insists on one.
  private static @Nullable Rendezvous rendezvous(ApiSettings settings, int port) {
    var certificate = settings.certificate();
    var privateKey = settings.privateKey();
    return certificate == null || privateKey == null
        ? null
        : new Rendezvous(PemFiles.serverContext(certificate, privateKey), port, PATIENCE);
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

  private static ApiSettings apiSettings(ServerSettings settings) {
    var tls = settings.home().resolve("tls");
    return new ApiSettings(
        settings.apiPort(),
        settings.tlsPort(),
        ifThere(tls.resolve("control.crt")),
        ifThere(tls.resolve("control.key")),
        "https://localhost:" + settings.tlsPort(),
        "localhost",
        80,
        settings.home().resolve("sources"));
  }

  private static @Nullable Path ifThere(Path file) {
    return Files.exists(file) ? file : null;
  }
}
