package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever is sent to an endpoint that writes, the answer is an error of the sender's in Heroku's
/// shape, or a success where the input happens to be right; never an error of ours.
class FuzzTest {
  private static final List<String> WRITES =
      List.of(
          "POST /apps name",
          "PATCH /apps/orders name",
          "PATCH /apps/orders maintenance",
          "PATCH /apps/orders build_stack",
          "PATCH /apps/orders/config-vars A",
          "POST /apps/orders/releases release",
          "POST /apps/orders/releases slug",
          "PATCH /apps/orders/formation updates",
          "PATCH /apps/orders/formation/web quantity",
          "PATCH /apps/orders/formation/web size",
          "PATCH /apps/orders/formation/web dyno_size",
          "PATCH /apps/orders/formation/web docker_image",
          "POST /apps/orders/dynos command",
          "POST /apps/orders/dynos attach",
          "POST /apps/orders/dynos env",
          "POST /apps/orders/dynos size",
          "POST /apps/orders/dynos time_to_live",
          "POST /apps/orders/dynos/web.1 command",
          "POST /apps/orders/builds source_blob",
          "POST /apps/orders/log-sessions lines",
          "POST /apps/orders/log-sessions dyno",
          "POST /apps/orders/log-sessions tail",
          "POST /apps/orders/log-sessions source",
          "POST /apps/orders/log-drains url",
          "POST /apps/orders/webhooks url",
          "POST /apps/orders/webhooks include",
          "POST /apps/orders/webhooks level",
          "PATCH /apps/orders/webhooks/WEBHOOK url",
          "PATCH /apps/orders/webhooks/WEBHOOK include",
          "PATCH /apps/orders/webhooks/WEBHOOK level",
          "PATCH /apps/orders/webhooks/WEBHOOK secret",
          "PATCH /apps/orders/webhooks/WEBHOOK authorization",
          "POST /apps/orders/domains hostname",
          "POST /apps/orders/domains sni_endpoint",
          "PATCH /apps/orders/domains/www.example.com sni_endpoint",
          "POST /apps/orders/sni-endpoints certificate_chain",
          "POST /apps/orders/sni-endpoints private_key",
          "PATCH /apps/orders/sni-endpoints/none private_key",
          "POST /apps/orders/acm a",
          "PATCH /apps/orders/features/http-session-affinity enabled",
          "PATCH /apps/orders/features/preboot enabled",
          "PATCH /account/features/none enabled",
          "PUT /apps/orders/buildpack-installations updates",
          "POST /pipelines name",
          "POST /pipelines owner",
          "PATCH /pipelines/shop name",
          "POST /pipeline-couplings app",
          "POST /pipeline-couplings pipeline",
          "POST /pipeline-transfers new_owner",
          "POST /pipeline-promotions pipeline",
          "POST /pipeline-promotions targets",
          "POST /filters/apps in",
          "POST /apps/orders/addons plan",
          "POST /apps/orders/addons name",
          "POST /apps/orders/addons attachment",
          "POST /apps/orders/addons config",
          "POST /apps/orders/addons confirm",
          "PATCH /apps/orders/addons/keys plan",
          "PATCH /apps/orders/addons/keys name",
          "POST /addon-attachments addon",
          "POST /addon-attachments app",
          "POST /actions/addons/resolve addon",
          "POST /actions/addons/resolve app",
          "POST /actions/addon-attachments/resolve addon_attachment",
          "POST /app-setups source_blob",
          "POST /app-setups app",
          "POST /app-setups overrides",
          "POST /apps/orders/slugs process_types",
          "POST /oauth/authorizations description",
          "POST /oauth/authorizations expires_in",
          "POST /oauth/authorizations scope",
          "PATCH /oauth/authorizations/~ description",
          "PATCH /account name",
          "PATCH /account new_password",
          "POST /account/keys public_key",
          "POST /account/app-transfers app",
          "POST /apps/orders/collaborators user",
          "POST /users email",
          "PATCH /users/other@example.com password",
          "DELETE /users/other@example.com apps_to",
          "POST /auth description");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "7",
          "-1",
          "1e400",
          "123456789012345678901234567890",
          "1.5",
          "[]",
          "[null]",
          "[[]]",
          "[{}]",
          "[{\"type\":7}]",
          "[{\"type\":\"web\",\"quantity\":{}}]",
          "[{\"type\":\"web\"},{\"type\":\"web\"}]",
          "{}",
          "{\"url\":7}",
          "{\"url\":\"file:///etc/passwd\"}",
          "{\"url\":\"http://\"}",
          "{\"url\":\"http:opaque\"}",
          "{\"url\":\"mailto:a@b\"}",
          "{\"url\":\"http://localhost:1/\",\"version\":\"a\\nb\"}",
          "{\"url\":\"http://localhost:1/\",\"checksum\":\"md5:1\"}",
          "[\"api:release\",7]",
          "[\"api:nonesuch\"]",
          "\"https://\"",
          "\"https://user:pass@/x\"",
          "\"https://example.com:99999/\"",
          "\"https://169.254.169.254/latest/meta-data\"",
          "\"https://[::ffff:10.0.0.1]/\"",
          "\"syslog+tls://10.1.2.3:6514\"",
          "\"gopher://example.com\"",
          "\"https://ex ample.com\"",
          "{\"name\":[]}",
          "\"\"",
          "\" \"",
          "\"\\u0000\"",
          "\"a\\u0000b\"",
          "\"\\ud800\"",
          "\"\\u202e\\u2028🦀\"",
          "\"../../etc/passwd\"",
          "\"'; DROP TABLE apps; --\"",
          "\"" + "x".repeat(100_000) + "\"");

  private static final List<String> BODIES =
      List.of(
          "{",
          "[]",
          "null",
          "7",
          "\"text\"",
          "{\"a\":}",
          "{} {}",
          "<xml/>",
          "[".repeat(5000),
          "{\"\":\"\"}",
          "{\"a b\":\"c\"}",
          "{\"A\\u0000\":\"c\"}",
          "{\"" + "K".repeat(5000) + "\":\"v\"}",
          "{\"A\":\"" + "x".repeat(1_200_000) + "\"}");

  /// A server answers 4,500 requests an hour; so many of these writes need about 2,300.
  private static final int WRITES_PER_SERVER = 40;

  @Test
  void noInputIsAnErrorOfOurs(@TempDir Path home) throws IOException {
    var wrong = new ArrayList<String>();
    for (var from = 0; from < WRITES.size(); from += WRITES_PER_SERVER) {
      var writes = WRITES.subList(from, Math.min(from + WRITES_PER_SERVER, WRITES.size()));
      try (var api = new TestApi(Files.createDirectory(home.resolve("server-" + from)))) {
        tryOut(api, writes, wrong);
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static void tryOut(TestApi api, List<String> writes, List<String> wrong) {
    api.deployed("orders");
    made(api, "/pipelines", "{\"name\":\"shop\"}");
    made(api, "/apps/orders/addons", "{\"plan\":\"slipway-secret\",\"name\":\"keys\"}");
    var webhook =
        made(
            api,
            "/apps/orders/webhooks",
            "{\"url\":\"https://127.0.0.1:9/\",\"level\":\"sync\",\"include\":[\"dyno\"]}");
    for (var write : writes) {
      var parts = write.replace("WEBHOOK", webhook).split(" ", -1);
      for (var value : VALUES) {
        tryOut(api, parts[0], parts[1], "{\"" + parts[2] + "\":" + value + "}", wrong);
      }
      for (var body : BODIES) {
        tryOut(api, parts[0], parts[1], body, wrong);
      }
    }
  }

  /// What is there to be written to.
  private static String made(TestApi api, String path, String body) {
    var answer = api.send("POST", path, body);
    assertEquals(201, answer.status(), () -> path + " " + answer.text());
    return answer.json().get("id").stringValue();
  }

  @Test
  void malformedJsonIsABadRequest(@TempDir Path home) {
    try (var api = new TestApi(home)) {
      for (var body : List.of("{", "[]", "{} {}", "{\"a\":}")) {
        var answer = api.send("POST", "/apps", body);
        assertEquals(400, answer.status(), body);
        assertEquals("bad_request", answer.json().get("id").stringValue());
      }
    }
  }

  @Test
  void oddPathsAreNotFound(@TempDir Path home) {
    try (var api = new TestApi(home)) {
      api.deployed("orders");
      for (var odd :
          List.of("%00", "%2e%2e", "..%2f..", "%F0%9F%A6%80", "%FF", "a'b", "x".repeat(3000))) {
        for (var list :
            List.of(
                "releases",
                "dynos",
                "domains",
                "builds",
                "formation",
                "sni-endpoints",
                "features",
                "collaborators",
                "log-drains",
                "webhooks",
                "webhook-deliveries",
                "webhook-events",
                "slugs",
                "addons",
                "addon-attachments")) {
          var answer = api.get("/apps/orders/" + list + "/" + odd);
          assertTrue(answer.status() == 404 || answer.status() == 400, odd + " " + list);
          assertTrue(answer.json().has("message"), odd);
        }
        assertTrue(api.get("/apps/" + odd).status() / 100 == 4, odd);
        assertTrue(api.get("/buildpacks/" + odd).status() / 100 == 4, odd);
        for (var of : List.of("users", "account/keys", "oauth/authorizations", "auth/browser")) {
          assertTrue(api.get("/" + of + "/" + odd).status() / 100 == 4, odd + " " + of);
        }
        assertTrue(api.get("/streams/" + odd).status() / 100 == 4, odd);
        for (var list :
            List.of(
                "pipelines", "pipeline-couplings", "pipeline-promotions", "addons", "app-setups")) {
          assertTrue(api.get("/" + list + "/" + odd).status() / 100 == 4, odd + " " + list);
        }
        assertTrue(api.get("/uploads/" + odd).status() / 100 == 4, odd);
        assertTrue(api.send("PUT", "/uploads/" + odd, "x").status() / 100 == 4, odd);
      }
    }
  }

  private static void tryOut(
      TestApi api, String method, String path, String body, List<String> wrong) {
    var answer = api.send(method, path, body);
    var shown = method + " " + path + " " + body.substring(0, Math.min(80, body.length()));
    if (answer.status() >= 500 || answer.status() == 429) {
      wrong.add(answer.status() + " " + shown + " " + answer.text());
    }
    if (answer.status() >= 400 && !answer.json().has("id")) {
      wrong.add("no id: " + shown);
    }
    assertFalse(answer.text().contains("\tat "), shown);
    if (path.equals("/apps/orders") && answer.status() == 200) {
      var id = answer.json().get("id").stringValue();
      api.send("PATCH", "/apps/" + id, "{\"name\":\"orders\"}");
    }
  }
}
