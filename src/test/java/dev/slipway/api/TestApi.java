package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.addons.AddonStore;
import dev.slipway.addons.Addons;
import dev.slipway.addons.SecretProvider;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Features;
import dev.slipway.certificates.Certificates;
import dev.slipway.core.Secret;
import dev.slipway.deploy.PushedImages;
import dev.slipway.drains.Drains;
import dev.slipway.engine.Engine;
import dev.slipway.image.Credential;
import dev.slipway.image.ImageServer;
import dev.slipway.image.ImageWriters;
import dev.slipway.observe.Logs;
import dev.slipway.oneoff.OneOffs;
import dev.slipway.oneoff.Rendezvous;
import dev.slipway.outbound.Outbound;
import dev.slipway.outbound.Targets;
import dev.slipway.pipelines.Pipelines;
import dev.slipway.pipelines.Promotions;
import dev.slipway.postgres.Databases;
import dev.slipway.postgres.FakeServers;
import dev.slipway.redis.FakeInstances;
import dev.slipway.redis.InstanceStore;
import dev.slipway.redis.Instances;
import dev.slipway.release.Releases;
import dev.slipway.rollout.DynoWatch;
import dev.slipway.schedules.Schedules;
import dev.slipway.setups.AppSetups;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.Uploads;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import dev.slipway.testing.FakeEngine;
import dev.slipway.testing.SlowProvider;
import dev.slipway.webhooks.RetrySchedule;
import dev.slipway.webhooks.Webhooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real HTTP server on a free port, on a real store, with fakes for all that needs Docker.
final class TestApi implements AutoCloseable {
  static final String KEY = "key-of-the-owner";
  static final String OTHER_KEY = "key-of-someone-else";
  static final JsonMapper JSON = JsonMapper.builder().build();

  /// As in the server, but faster.
  private static final RetrySchedule RETRIES =
      new RetrySchedule(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(20));

  /// The discard port, where nothing listens.
  private static final URI NOWHERE = URI.create("http://127.0.0.1:9");

  static {
    Logger.getLogger("").setLevel(Level.WARNING);
  }

  /// An answer.
  record Answer(int status, HttpResponse<String> response) {
    JsonNode json() {
      return JSON.readTree(response.body());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    String text() {
      return response.body();
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  final Store store;
  final Logs logs;
  final Accounts accounts;
  final TestFleet fleet = new TestFleet();
  final Apps apps;
  final Releases releases;
  final Account owner;
  final FakeOperations operations;
  final DynoWatch watch;
  final @Nullable Rendezvous rendezvous;
  final OneOffs oneOffs;
  final Schedules schedules;
  final Outbound outbound;
  final Drains drains;
  final Webhooks webhooks;
  final Addons addons;
  final Databases databases;
  final Instances redis;
  final Api api;

  TestApi(Path home) {
    this(home, null, null);
  }

  TestApi(Path home, @Nullable Path certificate, @Nullable Path privateKey) {
    this(home, certificate, privateKey, new FakeEngine());
  }

  TestApi(Path home, @Nullable Path certificate, @Nullable Path privateKey, Engine engine) {
    var clock = Clock.systemUTC();
    store = Store.open(home.resolve("slipway.db"));
    logs = new Logs(home.resolve("logs"), clock);
    apps = new Apps(store, clock);
    var features = new Features(store, clock);
    var vault = Vault.open(home.resolve("keyset.json"));
    releases = new Releases(store, vault, clock, apps.events());
    outbound = new Outbound(Targets.allowing("127.0.0.0/8, ::1"), certificate);
    drains = new Drains(store, vault, logs, outbound, clock);
    webhooks = new Webhooks(store, vault, outbound, RETRIES, clock);
    accounts = new Accounts(store, clock);
    owner = accounts.ensure("you@example.com", new Secret(KEY));
    accounts.ensure("other@example.com", new Secret(OTHER_KEY));
    store.useTransaction(
        db -> db.execute("UPDATE accounts SET administrator = 0 WHERE email LIKE 'other%'"));
    var pipelines = new Pipelines(store, clock);
    var addonStore = new AddonStore(store, vault);
    operations =
        new FakeOperations(store, apps, releases, logs, addonStore, home.resolve("output"));
    databases = FakeServers.databases(store, vault, home.resolve("dumps"), clock);
    redis = FakeInstances.instances(new InstanceStore(store, vault), clock);
    addons =
        new Addons(
            store,
            addonStore,
            apps,
            releases,
            operations,
            List.of(
                databases.provider(), redis.provider(), new SecretProvider(), new SlowProvider()),
            clock);
    addons.start();
    databases.start(addons, releases, () -> {});
    redis.start(addons, releases, () -> {});
    rendezvous =
        certificate == null || privateKey == null
            ? null
            : new Rendezvous(PemFiles.serverContext(certificate, privateKey), 0, PATIENCE);
    if (rendezvous != null) {
      rendezvous.start();
    }
    watch = new DynoWatch(engine);
    oneOffs = new OneOffs(store, apps, features, releases, engine, watch, logs, rendezvous, clock);
    schedules = new Schedules(store, apps, oneOffs, logs, clock);
    api =
        new Api(
            new ApiSettings(
                0,
                0,
                certificate,
                privateKey,
                "https://localhost:7443",
                "localhost",
                80,
                home.resolve("builds")),
            new ApiServices(
                accounts,
                apps,
                features,
                new Certificates(store, vault, apps, clock),
                releases,
                logs,
                operations,
                new GitRepositories(home.resolve("git")),
                new Uploads(home.resolve("uploads"), 64 * 1024 * 1024, clock),
                outbound,
                oneOffs,
                new PushedImages(
                    new ImageServer(NOWHERE, new Credential("slipway", new Secret("password"))),
                    new ImageWriters()),
                drains,
                webhooks,
                pipelines,
                new Promotions(store, pipelines, operations, clock),
                addons,
                databases,
                redis,
                new AppSetups(store, clock),
                schedules,
                fleet,
                clock));
    watch.start();
    drains.start();
    webhooks.start();
    api.start();
  }

  String url() {
    return "http://localhost:" + api.httpPort();
  }

  Answer get(String path, String... headers) {
    return send("GET", path, null, headers);
  }

  Answer send(String method, String path, @Nullable String body, String... headers) {
    var all = new java.util.ArrayList<>(List.of("Authorization", "Bearer " + KEY));
    all.addAll(List.of(headers));
    return bare(method, path, body, all.toArray(new String[0]));
  }

  Answer bare(String method, String path, @Nullable String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    // A connection each: the server closes one whose request it answered before reading it whole,
    // and a client that keeps connections may send the next request into that.
    try (var client = HttpClient.newHttpClient()) {
      var response = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Makes an app that has something deployed.
  String deployed(String name) {
    send("POST", "/apps", "{\"name\":\"" + name + "\"}");
    var app = apps.get(name);
    var build = operations.startBuild(app, "0123abc", owner.id());
    try {
      var source = java.nio.file.Files.createTempDirectory("source");
      operations.deploy(
          app, new dev.slipway.source.SourceTree(source, "0123abc"), owner.id(), build, _ -> {});
      java.nio.file.Files.delete(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return name;
  }

  @Override
  public void close() {
    api.close();
    schedules.close();
    oneOffs.close();
    watch.close();
    if (rendezvous != null) {
      rendezvous.close();
    }
    drains.close();
    webhooks.close();
    outbound.close();
    redis.close();
    databases.close();
    addons.close();
    logs.close();
    store.close();
  }
}
