package dev.slipway.fleet;

import dev.slipway.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Measures a control that runs with a whole fleet before it, for `bench/routes` and
/// `bench/reconcile`. Prints `NAME VALUE`, times in milliseconds.
public final class FleetBench {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int TABLE_TAKES = 15;
  private static final int WARM_UP = 20;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String api;
  private final Secret key;
  private final Path docker;
  private final List<SimulatedRouter> routers = new ArrayList<>();

  private FleetBench(String api, Secret key, Path docker) {
    this.api = api;
    this.key = key;
    this.docker = docker;
  }

  /// Takes `routes` or `reconcile`, the home of control, the ports of its API and for routers, the
  /// engine's socket, how many routers there are and how often each thing is tried.
  public static void main(String[] arguments) throws Exception {
    var secrets = Path.of(arguments[1], "secrets");
    var bench =
        new FleetBench(
            "http://127.0.0.1:" + arguments[2],
            secret(secrets.resolve("api-key")),
            Path.of(arguments[4]));
    var takes = arguments[0].equals("routes") ? TABLE_TAKES : 0;
    bench.connect(
        Integer.parseInt(arguments[5]),
        secret(secrets.resolve("router-token")),
        Integer.parseInt(arguments[3]),
        takes);
    var tries = Integer.parseInt(arguments[6]);
    if (arguments[0].equals("routes")) {
      bench.routes(tries);
    } else {
      bench.reconcile(tries);
    }
    System.exit(0);
  }

  private static Secret secret(Path file) throws IOException {
    return new Secret(Files.readString(file).strip());
  }

  private void connect(int count, Secret token, int port, int takes) throws InterruptedException {
    var began = System.nanoTime();
    var tables = new Tables();
    for (var i = 0; i < count; i++) {
      var router = new SimulatedRouter("router-" + i, token, port, tables, takes);
      routers.add(router);
      router.start();
    }
    say("first-table", awaitNewer(0, began));
  }

  /// Waits until all use a table after this one.
  private double awaitNewer(long version, long began) throws InterruptedException {
    while (routers.stream().anyMatch(router -> router.acknowledged() <= version)) {
      if (System.nanoTime() - began > 120_000_000_000L) {
        throw new IllegalStateException("no new table for all routers within 120 s");
      }
      Thread.sleep(1);
    }
    return (System.nanoTime() - began) / 1e6;
  }

  private long newest() {
    return routers.stream().mapToLong(SimulatedRouter::acknowledged).max().orElse(0);
  }

  private void routes(int tries) throws Exception {
    changes(WARM_UP);
    var before = bytes();
    percentiles("change", changes(tries));
    say("kilobytes-a-table", (bytes() - before) / 1024.0 / tries / routers.size());
  }

  private List<Double> changes(int tries) throws Exception {
    var taken = new ArrayList<Double>();
    for (var i = 0; i < tries; i++) {
      var version = newest();
      var began = System.nanoTime();
      call("PATCH", "/apps/bench-" + i / 2 % 40, "{\"maintenance\":" + (i % 2 == 0) + "}");
      taken.add(awaitNewer(version, began));
    }
    return taken;
  }

  private long bytes() {
    return routers.stream().mapToLong(SimulatedRouter::received).sum();
  }

  private void reconcile(int tries) throws Exception {
    deploys(tries);
    rounds("one-moved", 1, tries);
    rounds("host-moved", 50, tries);
    rounds("twentieth-moved", 500, tries);
  }

  private void rounds(String name, int moved, int tries) throws Exception {
    var taken = new ArrayList<Double>();
    for (var i = 0; i < tries; i++) {
      Thread.sleep(1500);
      var version = newest();
      var began = System.nanoTime();
      move(moved);
      taken.add(awaitNewer(version, began));
    }
    percentiles(name, taken);
  }

  private void move(int dynos) throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(docker))) {
      var request = "POST /simulate/move?" + dynos + " HTTP/1.1\r\nHost: docker\r\n\r\n";
      Channels.newOutputStream(channel).write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream answer = Channels.newInputStream(channel);
      if (answer.read() < 0) {
        throw new IOException("the simulated engine is gone");
      }
    }
  }

  private void deploys(int tries) throws Exception {
    var whole = new ArrayList<Double>();
    var steps = new TreeMap<String, List<Double>>();
    for (var i = 0; i < tries; i++) {
      Thread.sleep(1000);
      var app = "/apps/bench-" + i;
      var slug = call("GET", app + "/releases/2", "").path("slug").path("id").asString();
      var version = call("POST", app + "/releases", "{\"slug\":\"" + slug + "\"}").path("version");
      var receipt = receipt(app, version.asInt());
      var sum = 0.0;
      for (var step : receipt.path("seconds").properties()) {
        var took = step.getValue().asDouble() * 1000;
        sum += took;
        steps.computeIfAbsent(step.getKey(), name -> new ArrayList<>()).add(took);
      }
      whole.add(sum);
    }
    percentiles("deploy", whole);
    steps.forEach((step, taken) -> percentiles("deploy-step-" + step, taken));
  }

  private JsonNode receipt(String app, int release) throws Exception {
    for (var i = 0; i < 6000; i++) {
      for (var receipt : call("GET", app + "/receipts", "")) {
        if (receipt.path("release").asInt() == release) {
          return receipt;
        }
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException("no receipt of release " + release + " of " + app);
  }

  private JsonNode call(String method, String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(api + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + key.reveal())
            .header("Accept", "application/vnd.heroku+json; version=3")
            .header("Content-Type", "application/json")
            .build();
    var answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  private static void percentiles(String name, List<Double> taken) {
    Collections.sort(taken);
    say(name + "-p50", taken.get((taken.size() - 1) / 2));
    say(name + "-p99", taken.get((int) Math.ceil(taken.size() * 0.99) - 1));
  }

  private static void say(String name, double value) {
    System.out.printf(java.util.Locale.ROOT, "%s %.0f%n", name, value);
  }
}
