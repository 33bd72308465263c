package dev.slipway.server;

import dev.slipway.addons.Addons;
import dev.slipway.addons.SecretProvider;
import dev.slipway.api.Api;
import dev.slipway.api.ApiServices;
import dev.slipway.api.ApiSettings;
import dev.slipway.api.LiveOperations;
import dev.slipway.api.PemFiles;
import dev.slipway.apps.AppEvent;
import dev.slipway.build.Builder;
import dev.slipway.build.BuilderSettings;
import dev.slipway.deploy.Deploy;
import dev.slipway.deploy.ImageCollection;
import dev.slipway.deploy.ImageReleases;
import dev.slipway.deploy.PushedImages;
import dev.slipway.drains.Drains;
import dev.slipway.engine.Containers;
import dev.slipway.engine.FleetView;
import dev.slipway.engine.NodeEngines;
import dev.slipway.hosted.HostContainers;
import dev.slipway.image.ImageWriters;
import dev.slipway.objects.StoreChoice;
import dev.slipway.observe.Fleet;
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
import dev.slipway.redis.DockerInstances;
import dev.slipway.redis.InstanceStore;
import dev.slipway.redis.Instances;
import dev.slipway.rollout.PostDeploy;
import dev.slipway.rollout.Receipts;
import dev.slipway.rollout.StepObserver;
import dev.slipway.safekeeping.Copies;
import dev.slipway.safekeeping.CopyRounds;
import dev.slipway.schedules.Schedules;
import dev.slipway.setups.AppSetups;
import dev.slipway.source.Uploads;
import dev.slipway.webhooks.RetrySchedule;
import dev.slipway.webhooks.Webhooks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// The control server: every part of it, in the order in which they depend on each other. This is
/// the only place that knows all of them.
public final class ControlServer {
  private static final long LARGEST_TARBALL = 2L * 1024 * 1024 * 1024;

  /// How long the client of an attached one-off dyno may take to come.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ControlServer() {}

  /// Starts control and runs until the process is told to end. Waits while another process works on
  /// the same directory.
  public static void run() throws InterruptedException {
    // Parts that are replaced have other addresses under the same names.
    Security.setProperty("networkaddress.cache.ttl", "1");
    var settings = ServerSettings.of(System.getenv());
    var home = settings.home();
    var rolling = new RolloutServices(HomeLock.await(home), settings, StepObserver.NONE);
    var clock = rolling.clock;
    var store = rolling.store;
    var vault = rolling.vault;
    var docker = rolling.docker;
    var logs = rolling.logs;
    var apps = rolling.apps;
    var releases = rolling.releases;
    var rollouts = rolling.rollouts;
    var changes = rolling.changes;

    var uploads = new Uploads(home.resolve("uploads"), LARGEST_TARBALL, clock);
    var imageWriters = new ImageWriters();
    var pushedImages = new PushedImages(rolling.images, imageWriters);
    var builder =
        new Builder(
            BuilderSettings.standard(),
            new Containers(docker),
            rolling.images,
            rolling.registry,
            imageWriters);
    var collection =
        new ImageCollection(
            rolling.images, new Containers(docker), rolling.engine, apps, releases, imageWriters);
    rolling.builds.failInterrupted();
    var deploy =
        new Deploy(
            store,
            apps,
            rolling.accounts,
            rolling.builds,
            builder,
            releases,
            rollouts,
            logs,
            clock);
    var hosted =
        new HostContainers(
            docker, new NodeEngines(docker, rolling.hosts()), settings.dynosNetwork());
    var databases =
        new Databases(
            new DatabaseStore(store, vault),
            new DockerServers(
                hosted,
                settings.secret("backup-key"),
                () -> StoreChoice.read(home.resolve("secrets").resolve("store-backups"))),
            new BackupStore(store),
            new Databases.DumpPlace(home.resolve("dumps"), settings.secret("backup-key")),
            (app, subject, text) -> {
              logs.platform(app, "postgres", text);
              apps.events().happened(AppEvent.of(app, AppEvent.Action.UPDATE, subject));
            },
            clock);
    var redis = new Instances(new InstanceStore(store, vault), new DockerInstances(hosted), clock);
    var addons =
        new Addons(
            store,
            rolling.addonStore,
            apps,
            releases,
            changes,
            List.of(databases.provider(), redis.provider(), new SecretProvider()),
            clock);
    var apiSettings = apiSettings(settings);
    var rendezvous = rendezvous(apiSettings, settings.rendezvousPort());
    var oneOffs =
        new OneOffs(
            store,
            apps,
            rolling.features,
            releases,
            rolling.engine,
            rolling.watch,
            logs,
            rendezvous,
            clock);
    var schedules = new Schedules(store, apps, oneOffs, logs, clock);
    var pipelines = new Pipelines(store, clock);
    var operations =
        new LiveOperations(
            changes,
            rolling.builds,
            deploy,
            rolling.dynos,
            new Receipts(store, clock),
            new PostDeploy(rolling.engine, logs, releases),
            new ImageReleases(pushedImages, releases, changes, clock));
    var outbound =
        new Outbound(Targets.allowing(settings.privateTargets()), settings.targetAuthorities());
    var drains = new Drains(store, vault, logs, outbound, clock);
    var webhooks = new Webhooks(store, vault, outbound, RetrySchedule.STANDARD, clock);
    var api =
        new Api(
            apiSettings,
            new ApiServices(
                rolling.accounts,
                apps,
                rolling.features,
                rolling.certificates,
                releases,
                logs,
                operations,
                rolling.repositories,
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
                Fleet.of(new FleetView(docker, rolling.hosts())),
                clock));

    var copies = new CopyRounds(new Copies(home, clock), rolling::checkTerm, clock);
    drains.start();
    webhooks.start();
    rolling.start();
    addons.start();
    databases.start(addons, releases, rolling::checkTerm);
    redis.start(addons, releases, rolling::checkTerm);
    if (rendezvous != null) {
      rendezvous.start();
    }
    oneOffs.resume();
    schedules.start();
    collection.start();
    copies.start();
    api.start();

    var stop = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              api.close();
              if (rendezvous != null) {
                rendezvous.close();
              }
              copies.close();
              collection.close();
              schedules.close();
              oneOffs.close();
              redis.close();
              databases.close();
              addons.close();
              drains.close();
              webhooks.close();
              outbound.close();
              rolling.close();
              stop.countDown();
            }));
    stop.await();
  }

  /// Without a certificate nobody can come: the stock client insists on one.
  private static @Nullable Rendezvous rendezvous(ApiSettings settings, int port) {
    var certificate = settings.certificate();
    var privateKey = settings.privateKey();
    return certificate == null || privateKey == null
        ? null
        : new Rendezvous(PemFiles.serverContext(certificate, privateKey), port, PATIENCE);
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
