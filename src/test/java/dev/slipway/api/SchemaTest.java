package dev.slipway.api;

import static dev.slipway.testing.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.slipway.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers fit the JSON schema that Heroku publishes, and have every property that it names. Runs
/// where a copy lies at `../shared/heroku-schema.json`.
class SchemaTest {
  /// Says of each hyper-schema keyword that it does not know it.
  private static final Logger VALIDATOR = Logger.getLogger("com.networknt.schema");

  static {
    VALIDATOR.setLevel(Level.SEVERE);
  }

  private static final Path SCHEMA = Path.of("..", "shared", "heroku-schema.json");

  @Test
  void answersFitThePublishedSchema(@TempDir Path home) throws IOException {
    assumeTrue(Files.exists(SCHEMA), "skipped: there is no " + SCHEMA);
    var root = (ObjectNode) TestApi.JSON.readTree(Files.readString(SCHEMA));
    allowOurOwnHosts(root);
    try (var api = new TestApi(home)) {
      api.deployed("orders");
      api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"1\"}");
      api.send("POST", "/apps/orders/domains", "{\"hostname\":\"www.example.com\"}");
      addCertificate(api);
      addDrainAndWebhook(api);
      var wrong = new TreeSet<String>();
      check(root, "account", api.get("/account").json(), wrong);
      check(root, "rate-limit", api.get("/account/rate-limits").json(), wrong);
      check(root, "app", api.get("/apps/orders").json(), wrong);
      for (var list :
          List.of(
              "release:releases",
              "formation:formation",
              "dyno:dynos",
              "domain:domains",
              "sni-endpoint:sni-endpoints",
              "app-feature:features",
              "collaborator:collaborators",
              "build:builds",
              "log-drain:log-drains",
              "app-webhook-delivery:webhook-deliveries",
              "app-webhook-event:webhook-events")) {
        var parts = list.split(":", -1);
        var rows = api.get("/apps/orders/" + parts[1]).json();
        assertEquals(true, rows.size() > 0, list);
        rows.forEach(row -> check(root, parts[0], row, wrong));
      }
      var run = api.send("POST", "/apps/orders/dynos", "{\"command\":\"sleep 100\"}");
      check(root, "dyno", run.json(), wrong);
      var key =
          "{\"public_key\":\"ssh-ed25519"
              + " AAAAC3NzaC1lZDI1NTE5AAAAIJCyw1o5Nxv06stuWrm2sH5qx5I8dw0w0dijm/2YTYbQ\"}";
      check(root, "key", api.send("POST", "/account/keys", key).json(), wrong);
      check(root, "account", api.get("/users").json().get(0), wrong);
      var issued = api.send("POST", "/oauth/authorizations", "{\"expires_in\":60}").json();
      check(root, "oauth-authorization", issued, wrong);
      var shown = api.get("/oauth/authorizations").json().get(0);
      check(root, "oauth-authorization", shown, wrong);
      check(root, "oauth-authorization", api.get("/oauth/authorizations/~").json(), wrong);
      checkOneOf(
          root, "app-webhook", "app_webhook", api.get("/apps/orders/webhooks").json(), wrong);
      check(root, "stack", api.get("/stacks").json().get(0), wrong);
      check(root, "region", api.get("/regions").json().get(0), wrong);
      check(root, "dyno-size", api.get("/dyno-sizes").json().get(0), wrong);
      check(root, "source", api.send("POST", "/sources", "{}").json(), wrong);
      var session = api.send("POST", "/apps/orders/log-sessions", "{}");
      check(root, "log-session", session.json(), wrong);
      checkPipelines(root, api, wrong);
      checkAddons(root, api, wrong);
      var transfer = "{\"app\":\"orders\",\"recipient\":\"other@example.com\"}";
      check(
          root, "app-transfer", api.send("POST", "/account/app-transfers", transfer).json(), wrong);
      api.get("/apps/orders/collaborators")
          .json()
          .forEach(row -> check(root, "collaborator", row, wrong));
      assertEquals(new TreeSet<>(), wrong);
    }
  }

  private static void addCertificate(TestApi api) {
    var issued = TestAuthority.root("Tests").issue("www.example.com");
    api.send(
        "POST",
        "/apps/orders/sni-endpoints",
        TestApi.JSON.writeValueAsString(
            Map.of("certificate_chain", issued.certificate(), "private_key", issued.key())));
  }

  /// With a release that the webhook is told of, and a receiver that there is none of.
  private static void addDrainAndWebhook(TestApi api) {
    api.send("POST", "/apps/orders/log-drains", "{\"url\":\"syslog+tls://localhost:1\"}");
    api.send(
        "POST",
        "/apps/orders/webhooks",
        "{\"url\":\"https://localhost:1\",\"level\":\"sync\",\"include\":[\"api:release\"]}");
    api.send("PATCH", "/apps/orders/config-vars", "{\"B\":\"1\"}");
    await("a delivery", () -> !api.get("/apps/orders/webhook-deliveries").json().isEmpty());
  }

  /// Some answers are a definition inside another.
  private static void checkOneOf(
      ObjectNode root, String kind, String inner, JsonNode answers, Set<String> wrong) {
    var own = root.deepCopy();
    own.remove(List.of("$schema", "id", "properties", "links", "type"));
    own.put("$ref", "#/definitions/" + kind + "/definitions/" + inner);
    var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4).getSchema(own);
    assertEquals(true, answers.size() > 0, kind);
    answers.forEach(answer -> schema.validate(answer).forEach(error -> wrong.add(kind + error)));
  }

  private static void checkPipelines(ObjectNode root, TestApi api, Set<String> wrong) {
    api.send("POST", "/apps", "{\"name\":\"production\"}");
    var pipeline = api.send("POST", "/pipelines", "{\"name\":\"shop\"}").json();
    check(root, "pipeline", pipeline, wrong);
    var id = pipeline.get("id").stringValue();
    for (var app : List.of("orders", "production")) {
      var coupling =
          "{\"app\":\"%s\",\"pipeline\":\"%s\",\"stage\":\"staging\"}".formatted(app, id);
      var answer = api.send("POST", "/pipeline-couplings", coupling).json();
      check(root, "pipeline-coupling", answer, wrong);
    }
    var source = api.get("/apps/orders").json().get("id").stringValue();
    var target = api.get("/apps/production").json().get("id").stringValue();
    var promotion =
        api.send(
                "POST",
                "/pipeline-promotions",
                ("{\"pipeline\":{\"id\":\"%s\"},\"source\":{\"app\":{\"id\":\"%s\"}},"
                        + "\"targets\":[{\"app\":{\"id\":\"%s\"}}]}")
                    .formatted(id, source, target))
            .json();
    check(root, "pipeline-promotion", promotion, wrong);
    var path = "/pipeline-promotions/" + promotion.get("id").stringValue() + "/promotion-targets";
    check(root, "pipeline-promotion-target", api.get(path).json().get(0), wrong);
    var filter = "{\"in\":{\"id\":[\"" + source + "\",\"nobody's\"]}}";
    var filtered = api.send("POST", "/filters/apps", filter).json();
    assertEquals(1, filtered.size());
    check(root, "app", filtered.get(0), wrong);
  }

  private static void checkAddons(ObjectNode root, TestApi api, Set<String> wrong) {
    var addon = api.send("POST", "/apps/orders/addons", "{\"plan\":\"slipway-secret\"}").json();
    check(root, "add-on", addon, wrong);
    check(root, "add-on-attachment", api.get("/addon-attachments").json().get(0), wrong);
    check(root, "add-on-service", api.get("/addon-services").json().get(0), wrong);
    check(root, "plan", api.get("/addon-services/slipway-secret/plans").json().get(0), wrong);
    check(root, "plan", api.get("/plans/slipway-secret:weekly").json(), wrong);
    var slug = api.get("/apps/orders/releases/2").json().at("/slug/id").stringValue();
    check(root, "slug", api.get("/apps/orders/slugs/" + slug).json(), wrong);
  }

  /// The schema names Heroku's own hosts and regions; ours differ. And it calls a host name a URI.
  private static void allowOurOwnHosts(ObjectNode root) {
    var definitions = root.get("definitions");
    for (var path : List.of("app/definitions/git_url", "app/definitions/web_url")) {
      ((ObjectNode) definitions.at("/" + path)).remove("pattern");
    }
    ((ObjectNode) definitions.at("/domain/definitions/hostname")).remove("format");
    ((ObjectNode) definitions.at("/region/definitions/provider/properties/region")).remove("enum");
  }

  private static void check(ObjectNode root, String kind, JsonNode answer, Set<String> wrong) {
    for (var property : root.at("/definitions/" + kind + "/properties").properties()) {
      var optional = List.of("generation", "disk", "display_name").contains(property.getKey());
      if (!answer.has(property.getKey()) && !optional) {
        wrong.add(kind + " lacks " + property.getKey());
      }
    }
    schema(root, kind)
        .validate(answer)
        .forEach(error -> wrong.add(kind + ": " + error.getInstanceLocation() + " " + error));
  }

  private static Schema schema(ObjectNode root, String kind) {
    var own = root.deepCopy();
    own.remove(List.of("$schema", "id", "properties", "links", "type"));
    own.put("$ref", "#/definitions/" + kind);
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4).getSchema(own);
  }
}
