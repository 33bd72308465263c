package dev.slipway.api;

import static dev.slipway.testing.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.HttpReceiver;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Webhooks by the stock client, told to a real receiver.
class HerokuWebhooksTest {
  private @TempDir Path home;
  private LocalCertificate certificate;
  private TestApi api;
  private HttpReceiver receiver;

  @BeforeEach
  void start() {
    certificate = LocalCertificate.in(home);
    api = new TestApi(home, certificate.certificate(), certificate.privateKey());
    receiver = new HttpReceiver(certificate.context());
    api.deployed("orders");
  }

  @AfterEach
  void stop() {
    receiver.close();
    api.close();
  }

  @Test
  void everyCommandWorks() throws Exception {
    HerokuCli.assumeInstalled();
    var cli = HerokuCli.of(api, home, certificate);
    cli.says("has no webhooks", "webhooks", "-a", "orders");
    cli.says("has no deliveries", "webhooks:deliveries", "-a", "orders");
    var added =
        cli.succeeds(
            "webhooks:add",
            "-a",
            "orders",
            "-i",
            "api:release, api:domain",
            "-l",
            "sync",
            "-u",
            receiver.url() + "/hook");
    assertTrue(added.contains("Webhooks Signing Secret"), added);
    var id = api.get("/apps/orders/webhooks").json().get(0).get("id").stringValue();
    cli.says("api:release,api:domain sync", "webhooks", "-a", "orders");
    cli.says("Webhook ID: " + id, "webhooks:info", id, "-a", "orders");
    cli.says(
        "Updating webhook " + id + " for",
        "webhooks:update",
        id,
        "-a",
        "orders",
        "-i",
        "api:release",
        "-l",
        "notify",
        "-s",
        "shh",
        "-u",
        receiver.url() + "/changed");
    api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"1\"}");
    await(() -> receiver.requests().size() == 1);
    await(() -> deliveries("succeeded").size() == 1);
    assertEquals("/changed", receiver.requests().getFirst().path());
    assertEquals(
        sign(receiver.requests().getFirst().body(), "shh"),
        receiver.requests().getFirst().headers().get("heroku-webhook-hmac-sha256"));
    cli.says("succeeded api:release notify 1 200", "webhooks:deliveries", "-a", "orders");
    cli.says("has no deliveries", "webhooks:deliveries", "-s", "failed", "-a", "orders");
    cli.fails("no such status", "webhooks:deliveries", "-s", "lost", "-a", "orders");
    var delivery = deliveries("succeeded").get(0);
    cli.says(
        "\"description\": \"Set config vars\"",
        "webhooks:deliveries:info",
        delivery.get("id").stringValue(),
        "-a",
        "orders");
    cli.says("release create", "webhooks:events", "-a", "orders");
    cli.says(
        "\"resource\": \"release\"",
        "webhooks:events:info",
        delivery.get("event").get("id").stringValue(),
        "-a",
        "orders");
    cli.says("Removing webhook", "webhooks:remove", id, "-a", "orders");
    cli.fails("Couldn't find that webhook", "webhooks:info", id, "-a", "orders");
    cli.fails(
        "include must name kinds of event",
        "webhooks:add",
        "-a",
        "orders",
        "-i",
        "api:nonesuch",
        "-l",
        "sync",
        "-u",
        receiver.url());
  }

  @Test
  void eventsComeInHerokusShapeSignedAndInOrder() throws Exception {
    add("[\"api:app\",\"api:build\",\"api:release\",\"api:formation\",\"api:domain\"]", "sync");
    api.send("PATCH", "/apps/orders/formation/web", "{\"quantity\":3}");
    api.send("POST", "/apps/orders/domains", "{\"hostname\":\"www.example.com\"}");
    api.send("DELETE", "/apps/orders/domains/www.example.com", null);
    api.send("PATCH", "/apps/orders", "{\"maintenance\":true}");
    api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"1\"}");
    api.send("DELETE", "/apps/orders", null);
    await(() -> receiver.requests().size() == 6);
    var bodies =
        receiver.requests().stream().map(request -> TestApi.JSON.readTree(request.body())).toList();
    assertEquals(
        List.of(
            "update formation",
            "create domain",
            "destroy domain",
            "update app",
            "create release",
            "destroy app"),
        bodies.stream().map(body -> text(body, "action") + " " + text(body, "resource")).toList());
    var scaled = bodies.getFirst();
    assertEquals(3, scaled.at("/data/quantity").intValue());
    assertEquals(1, scaled.at("/previous_data/quantity").intValue());
    assertFalse(scaled.at("/previous_data").has("type"));
    assertEquals("you@example.com", scaled.at("/actor/email").stringValue());
    assertEquals("application/vnd.heroku+json; version=3", text(scaled, "version"));
    assertEquals("api:formation", scaled.at("/webhook_metadata/event/include").stringValue());
    for (var part : List.of("attempt", "delivery", "event", "webhook")) {
      assertTrue(scaled.at("/webhook_metadata/" + part).has("id"), part);
    }
    assertEquals("Bearer abc", receiver.requests().getFirst().headers().get("authorization"));
  }

  @Test
  void aDeliveryIsTriedUntilItSucceedsAlsoAfterARestart() throws Exception {
    add("[\"api:release\"]", "sync");
    receiver.answer(500);
    api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"1\"}");
    await(() -> deliveries("retrying").size() == 1 && receiver.asked() >= 2);
    var last = deliveries("retrying").get(0).get("last_attempt");
    assertEquals(500, last.get("code").intValue());
    assertEquals("failed", last.get("status").stringValue());
    api.close();
    receiver.kill();
    api = new TestApi(home, certificate.certificate(), certificate.privateKey());
    Thread.sleep(1500);
    receiver.answer(200);
    receiver.start();
    await(() -> deliveries("succeeded").size() == 1);
    assertTrue(deliveries("succeeded").get(0).get("num_attempts").intValue() >= 3);
    assertEquals(1, receiver.requests().size());
  }

  @Test
  void aNotifyIsTriedOnceAndAReceiverThatHangsHoldsUpNoOther() throws Exception {
    try (var other = new HttpReceiver(certificate.context())) {
      add("[\"api:release\"]", "notify");
      api.send(
          "POST",
          "/apps/orders/webhooks",
          "{\"url\":\"" + other.url() + "\",\"level\":\"sync\",\"include\":[\"api:release\"]}");
      receiver.hang();
      api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"1\"}");
      api.send("PATCH", "/apps/orders/config-vars", "{\"B\":\"1\"}");
      await(() -> other.requests().size() == 2);
      await(() -> deliveries("failed").size() == 2);
      assertEquals(
          "Timeout", deliveries("failed").get(0).at("/last_attempt/error_class").stringValue());
      assertEquals(2, receiver.asked());
    }
  }

  @Test
  void privateTargetsAndOtherPeoplesAppsAreRefused() {
    var body = "{\"url\":\"https://10.0.0.7/\",\"level\":\"sync\",\"include\":[\"dyno\"]}";
    assertEquals(422, api.send("POST", "/apps/orders/webhooks", body).status());
    for (var path : List.of("webhooks", "webhook-deliveries", "webhook-events")) {
      var answer =
          api.bare(
              "GET", "/apps/orders/" + path, null, "Authorization", "Bearer " + TestApi.OTHER_KEY);
      assertEquals(404, answer.status(), path);
    }
  }

  private void add(String include, String level) {
    var answer =
        api.send(
            "POST",
            "/apps/orders/webhooks",
            "{\"url\":\""
                + receiver.url()
                + "\",\"level\":\""
                + level
                + "\",\"include\":"
                + include
                + ",\"authorization\":\"Bearer abc\"}");
    assertEquals(201, answer.status(), answer.text());
    assertEquals(64, answer.header("heroku-webhook-secret").length());
    assertFalse(answer.text().contains(answer.header("heroku-webhook-secret")));
  }

  private JsonNode deliveries(String status) {
    return api.get("/apps/orders/webhook-deliveries?eq[status]=" + status).json();
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).stringValue();
  }

  private static String sign(String body, String secret) throws Exception {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    return Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(UTF_8)));
  }
}
