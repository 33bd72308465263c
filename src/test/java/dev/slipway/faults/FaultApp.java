package dev.slipway.faults;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.faults.Repository.Push;
import dev.slipway.router.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// An app of a test on the machine that is up; closing it destroys it.
final class FaultApp implements AutoCloseable {
  private static final int ROUTER = 80;
  private static final Duration SETTLED = Duration.ofSeconds(60);

  private final String name;
  private final String id;
  private final Repository repository;

  private FaultApp(String name, String id) {
    this.name = name;
    this.id = id;
    this.repository = new Repository(name, Api.key());
  }

  /// An app without code.
  static FaultApp create() {
    var name = "fault-" + UUID.randomUUID().toString().substring(0, 8);
    var answer = Api.call("POST", "/apps", Api.json(Map.of("name", name)));
    assertEquals(201, answer.status(), answer.body());
    return new FaultApp(name, answer.json().path("id").asString());
  }

  /// An app whose good code serves.
  static FaultApp serving(String marker) {
    var app = create();
    try {
      var push = app.push(Sources.good(marker));
      assertTrue(push.accepted(), push.output());
      app.awaitMarker(marker);
      return app;
    } catch (Throwable e) {
      app.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  String id() {
    return id;
  }

  String host() {
    return name + ".localhost";
  }

  Repository repository() {
    return repository;
  }

  Push push(Map<String, String> source) {
    repository.commit(source);
    return repository.push();
  }

  /// Sets config vars, and waits until the dynos have them.
  void configure(Map<String, String> vars) {
    var answer = Api.call("PATCH", path("config-vars"), Api.json(vars));
    assertEquals(200, answer.status(), answer.body());
    settle();
  }

  /// Sets how many web dynos there are, and waits until they serve.
  void scale(int quantity) {
    var answer = Api.call("PATCH", path("formation/web"), Api.json(Map.of("quantity", quantity)));
    assertEquals(200, answer.status(), answer.body());
    await("as many dynos", SETTLED, () -> containers().size() == quantity);
    settle();
  }

  Wire.Answer get(String path) {
    return exchange(Wire.request("GET", host(), path, "", "Connection: close"));
  }

  Wire.Answer exchange(String request) {
    try {
      return Wire.once(ROUTER, request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A connection to the router.
  Wire connect() {
    try {
      return new Wire(ROUTER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The marker of the code that answers.
  String marker() {
    var answer = get("/");
    assertEquals(200, answer.status(), answer.body());
    var words = answer.body().strip().split(" ", -1);
    assertEquals(name, words[0]);
    return words[1];
  }

  boolean serves() {
    return get("/").status() == 200;
  }

  void awaitMarker(String marker) {
    await(marker + " serves", SETTLED, () -> marker().equals(marker));
  }

  /// The app's releases, oldest first.
  List<JsonNode> releases() {
    return list("releases");
  }

  List<JsonNode> list(String what) {
    var answer = Api.get(path(what));
    assertEquals(200, answer.status(), answer.body());
    return StreamSupport.stream(answer.json().spliterator(), false).toList();
  }

  /// What the release phase of that release wrote itself, line by line, as far as it is kept.
  String releasePhaseLog(int release) {
    return log(Map.of("dyno", "release." + release, "source", "app", "lines", 1000, "tail", false));
  }

  /// The newest of what the platform wrote into the app's log.
  String platformLog() {
    return log(Map.of("source", "heroku", "lines", 200, "tail", false));
  }

  private String log(Map<String, Object> wanted) {
    var session = Api.call("POST", path("log-sessions"), Api.json(wanted));
    assertEquals(201, session.status(), session.body());
    var url = URI.create(session.json().path("logplex_url").asString());
    return Api.get(url.getPath()).body();
  }

  String path(String what) {
    return "/apps/" + name + "/" + what;
  }

  /// The engine's services of the app: what stays when it should not is a leak.
  Set<String> services() {
    var prefix = id.replace("-", "").substring(0, 12) + "-";
    var names = Host.docker("service", "ls", "--filter", "name=" + prefix, "--format", "{{.Name}}");
    return new TreeSet<>(lines(names));
  }

  /// The containers of the app's dynos that run.
  List<String> containers() {
    var prefix = id.replace("-", "").substring(0, 12) + "-";
    return lines(Host.docker("ps", "--filter", "name=" + prefix, "--format", "{{.Names}}"));
  }

  /// The app's images on the host.
  Set<String> images() {
    var repository = "127.0.0.1:5000/" + id;
    return new TreeSet<>(
        lines(Host.docker("images", "--no-trunc", "--format", "{{.ID}}", repository)));
  }

  /// Waits until no rollout runs: as many services as dynos, all up, no release pending.
  void settle() {
    await(
        "no rollout runs",
        SETTLED,
        () -> {
          var dynos = list("dynos");
          return dynos.stream().allMatch(dyno -> dyno.path("state").asString().equals("up"))
              && services().size() == dynos.size()
              && releases().stream()
                  .noneMatch(release -> release.path("status").asString().equals("pending"));
        });
  }

  @Override
  public void close() {
    repository.close();
    await("the API answers", SETTLED, Api::answers);
    var answer = Api.call("DELETE", "/apps/" + name, null);
    assertEquals(200, answer.status(), answer.body());
    await("its services are gone", SETTLED, () -> services().isEmpty());
  }

  private static List<String> lines(String text) {
    return Arrays.stream(text.split("\n", -1)).filter(line -> !line.isBlank()).toList();
  }
}
