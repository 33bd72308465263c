package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.apps.Apps;
import dev.slipway.core.Secret;
import dev.slipway.observe.Logs;
import dev.slipway.pipelines.Pipelines;
import dev.slipway.pipelines.Promotions;
import dev.slipway.release.Releases;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.Uploads;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
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

  final Store store;
  final Logs logs;
  final Apps apps;
  final Releases releases;
  final Account owner;
  final FakeOperations operations;
  final Api api;

  TestApi(Path home) {
    this(home, null, null);
  }

  TestApi(Path home, @Nullable Path certificate, @Nullable Path privateKey) {
    var clock = Clock.systemUTC();
    store = Store.open(home.resolve("slipway.db"));
    logs = new Logs(home.resolve("logs"), clock);
    apps = new Apps(store, clock);
    releases = new Releases(store, Vault.open(home.resolve("keyset.json")), clock);
    var accounts = new Accounts(store, clock);
    owner = accounts.ensure("you@example.com", new Secret(KEY));
    accounts.ensure("other@example.com", new Secret(OTHER_KEY));
    var pipelines = new Pipelines(store, clock);
    operations = new FakeOperations(store, apps, releases, logs, home.resolve("output"));
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
                releases,
                logs,
                operations,
                new GitRepositories(home.resolve("git")),
                new Uploads(home.resolve("uploads"), 64 * 1024 * 1024, clock),
                pipelines,
                new Promotions(store, pipelines, operations, clock),
                clock));
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
    logs.close();
    store.close();
  }
}
