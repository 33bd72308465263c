package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Every write that Heroku's schema describes, with each property of its body spoiled in turn: what
/// is here answers with success or an error of the sender's in Heroku's shape, never with one of
/// ours, and leaves all lists readable.
class SchemaFuzzTest {
  /// A server answers so many requests an hour; a fresh one takes over before.
  private static final int REQUESTS_PER_SERVER = 4000;

  private static final List<String> SPOILED =
      List.of(
          "null",
          "true",
          "-7",
          "1e400",
          "[]",
          "[[]]",
          "[7]",
          "{}",
          "{\"id\":{}}",
          "\"\"",
          "\"a\\u0000b\"",
          "\"\\ud800\"",
          "\"\\u202e🦀\"",
          "\"../../etc/passwd\"",
          "\"" + "x".repeat(70_000) + "\"");

  /// A request that is right and makes something, so that others get beyond "not found".
  ///
  /// @param definition what the schema calls the thing
  /// @param path with APP for the app
  private record Seed(String definition, String method, String path, String body) {}

  /// Nobody listens at the port of the targets.
  private static final List<Seed> SEEDS =
      List.of(
          new Seed("domain", "POST", "/apps/APP/domains", "{\"hostname\":\"www.example.com\"}"),
          new Seed(
              "log-drain", "POST", "/apps/APP/log-drains", "{\"url\":\"https://127.0.0.1:9/in\"}"),
          new Seed(
              "app-webhook",
              "POST",
              "/apps/APP/webhooks",
              "{\"include\":[\"api:release\"],\"level\":\"notify\",\"url\":\"https://127.0.0.1:9/\"}"),
          new Seed(
              "collaborator",
              "POST",
              "/apps/APP/collaborators",
              "{\"user\":\"other@example.com\"}"),
          new Seed("pipeline", "POST", "/pipelines", "{\"name\":\"line\"}"),
          new Seed("app-feature", "PATCH", "/apps/APP/features/preboot", "{\"enabled\":true}"),
          new Seed(
              "add-on",
              "POST",
              "/apps/APP/addons",
              "{\"plan\":\"slipway-secret\",\"name\":\"keys\"}"),
          new Seed(
              "oauth-authorization",
              "POST",
              "/oauth/authorizations",
              "{\"description\":\"seed\"}"));

  @Test
  void noWriteIsAnErrorOfOurs(@TempDir Path home) throws IOException {
    assumeTrue(HyperSchema.isThere(), "skipped: no copy of heroku-schema.json at ../shared");
    var schema = HyperSchema.read();
    var wrong = new TreeSet<String>();
    var tried = new TreeSet<String>();
    var server = new Server(home);
    try (server) {
      for (var method : List.of("POST", "PUT", "PATCH")) {
        for (var link : schema.links(method)) {
          for (var body :
              server.has(link) ? bodies(link, server.rightBody(link)) : List.<String>of()) {
            server.send(link, body, wrong);
            tried.add(method + " " + link.path());
          }
        }
      }
      for (var link : schema.links("GET")) {
        var answer = server.api().get(link.path(server.known()));
        if (answer.status() >= 500) {
          wrong.add(answer.status() + " GET " + link.path() + " " + answer.text());
        }
      }
    }
    System.out.println("writes of the schema that are here: " + tried.size());
    assertTrue(tried.size() >= 15, tried::toString);
    assertEquals(new TreeSet<>(), wrong);
  }

  /// The sample itself, nothing at all, one property too few, one too many, and each spoiled.
  ///
  /// @param right a body that is not refused, where there is one: a sample that is refused for its
  ///   first property tells nothing of the others
  private static List<String> bodies(HyperSchema.Link link, Optional<ObjectNode> right) {
    var bodies = new ArrayList<String>();
    var ofSchema = TestApi.JSON.createObjectNode();
    link.properties().forEach(ofSchema::set);
    bodies.add(ofSchema.toString());
    var sample = right.orElse(ofSchema);
    bodies.add("{}");
    bodies.add(sample.deepCopy().put("unheard_of", "x").toString());
    for (var property : link.properties().entrySet()) {
      var lacking = sample.deepCopy();
      lacking.remove(property.getKey());
      bodies.add(lacking.toString());
      spoil(sample, property.getKey(), bodies);
      if (property.getValue() instanceof ObjectNode inner) {
        for (var name : inner.propertyNames()) {
          var within = new ArrayList<String>();
          spoil(inner, name, within);
          within.forEach(each -> bodies.add(with(sample, property.getKey(), each)));
        }
      }
    }
    return bodies;
  }

  private static void spoil(ObjectNode sample, String property, List<String> bodies) {
    SPOILED.forEach(value -> bodies.add(with(sample, property, value)));
  }

  /// Joined as text: some values can't be held by a JSON tree.
  private static String with(ObjectNode sample, String property, String value) {
    var members = new LinkedHashMap<String, String>();
    sample.properties().forEach(each -> members.put(each.getKey(), each.getValue().toString()));
    members.put(property, value);
    var text = new StringBuilder("{");
    members.forEach((name, each) ->
        text.append(text.length() > 1 ? "," : "")
            .append('"')
            .append(name)
            .append("\":")
            .append(each));
    return text.append('}').toString();
  }

  /// A server with something of everything, replaced before its allowance is used up.
  private static final class Server implements AutoCloseable {
    private final Path home;
    private TestApi api;
    private Map<String, String> known;
    private int requests;
    private int number;

    Server(Path home) {
      this.home = home;
      this.api = fresh();
      this.known = seeded();
    }

    TestApi api() {
      return api;
    }

    Map<String, String> known() {
      return known;
    }

    /// Whether there is such an endpoint.
    boolean has(HyperSchema.Link link) {
      var answer = send(link, "[]");
      return !answer.text().contains("The requested API endpoint was not found");
    }

    /// The body of the seed that is a request of this kind.
    Optional<ObjectNode> rightBody(HyperSchema.Link link) {
      return SEEDS.stream()
          .filter(seed ->
              seed.method().equals(link.method()) && path(seed, known).equals(link.path(known)))
          .findFirst()
          .map(seed -> (ObjectNode) TestApi.JSON.readTree(seed.body()));
    }

    private static String path(Seed seed, Map<String, String> known) {
      return seed.path().replace("APP", known.getOrDefault("app", "orders"));
    }

    void send(HyperSchema.Link link, String body, Set<String> wrong) {
      var answer = send(link, body);
      var request = answer.status() + " " + link.method() + " " + link.path();
      var detail = request + " " + body.substring(0, Math.min(300, body.length()));
      if (answer.status() >= 500 || answer.status() == 429) {
        wrong.add(detail + " " + answer.text());
      } else if (answer.status() >= 400 && !hasShape(answer.json())) {
        wrong.add("no id or message: " + detail);
      }
    }

    private TestApi.Answer send(HyperSchema.Link link, String body) {
      if (++requests > REQUESTS_PER_SERVER) {
        api.close();
        requests = 0;
        api = fresh();
        known = seeded();
      }
      return api.send(link.method(), link.path(known), body);
    }

    private static boolean hasShape(JsonNode error) {
      return error.path("id").isString() && error.path("message").isString();
    }

    private TestApi fresh() {
      try {
        var own = Files.createDirectory(home.resolve("server-" + ++number));
        var certificate = LocalCertificate.in(own);
        return new TestApi(own, certificate.certificate(), certificate.privateKey());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Map<String, String> seeded() {
      api.deployed("orders");
      var ids = new TreeMap<String, String>();
      ids.put("app", api.get("/apps/orders").json().get("id").asString());
      ids.put("account", "~");
      ids.put("formation", "web");
      ids.put("dyno", "web.1");
      ids.put("release", "2");
      for (var seed : SEEDS) {
        var made = api.send(seed.method(), path(seed, ids), seed.body());
        assertEquals(2, made.status() / 100, () -> seed + " " + made.text());
        ids.put(seed.definition(), made.json().get("id").asString());
      }
      return ids;
    }

    @Override
    public void close() {
      api.close();
    }
  }
}
