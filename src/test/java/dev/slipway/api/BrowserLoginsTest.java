package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.accounts.EmailAddress;
import dev.slipway.core.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A login in the browser: the page, the wait, and who gets the token.
class BrowserLoginsTest {
  private static final String PASSWORD = "correct & horse=battery";

  private @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
    api.accounts.add(new EmailAddress("ann@example.com"), null, new Secret(PASSWORD));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void theClientThatWaitsGetsTheToken() throws Exception {
    var login = begin("CLI on <laptop>");
    var waiting = CompletableFuture.supplyAsync(() -> await(login, text(login, "token")));
    var page = api.bare("GET", text(login, "browser_url"), null);
    assertTrue(page.text().contains("CLI on &lt;laptop&gt; wants"), page::text);
    assertTrue(page.header("Content-Security-Policy").contains("frame-ancestors 'none'"));
    assertEquals("no-store", page.header("Cache-Control"));
    var wrong = submit(login, "ann@example.com", "wrong horse battery");
    assertEquals(401, wrong.status());
    assertTrue(wrong.text().contains("Invalid credentials provided."), wrong::text);
    assertFalse(waiting.isDone());
    var right = submit(login, "ann@example.com", PASSWORD);
    assertTrue(right.text().contains("Logged in as ann@example.com"), right::text);
    assertFalse(right.text().contains("slipway-"));
    var token = text(waiting.get(20, TimeUnit.SECONDS).json(), "access_token");
    var bearer = "Bearer " + token;
    assertEquals("ann@example.com", text(as(bearer, "GET", "/account"), "email"));
    assertEquals(
        "CLI on <laptop>", text(as(bearer, "GET", "/oauth/sessions").get(0), "description"));
    assertEquals(0, as(bearer, "GET", "/oauth/authorizations").size());
    assertEquals(404, submit(login, "ann@example.com", PASSWORD).status());
    as(bearer, "DELETE", "/oauth/sessions/~");
    assertEquals(401, api.bare("GET", "/account", null, "Authorization", bearer).status());
  }

  @Test
  void aFastPersonIsWaitedForToo() {
    var login = begin("CLI");
    assertEquals(200, submit(login, "you@example.com", TestApi.KEY).status());
    assertTrue(await(login, text(login, "token")).json().has("access_token"));
    assertEquals(404, await(login, text(login, "token")).status());
  }

  @Test
  void nobodyElseGetsIt() {
    var login = begin("CLI");
    submit(login, "ann@example.com", PASSWORD);
    assertEquals(404, await(login, "wrong").status());
    assertEquals(404, api.bare("GET", text(login, "cli_url"), null).status());
    assertEquals(404, api.bare("GET", "/auth/browser/1", null).status());
    assertEquals(404, api.bare("POST", "/auth/browser/1", "email=a").status());
    assertEquals(422, api.bare("POST", text(begin("CLI"), "browser_url"), "{}").status());
    for (var body : new String[] {"[]", "{", "{\"description\":7}", "{\"description\":{}}"}) {
      assertEquals(4, api.bare("POST", "/auth", body).status() / 100, body);
    }
  }

  @Test
  void memoryIsBounded() {
    for (var count = 0; count < 100; count++) {
      begin("x".repeat(100_000));
    }
    assertEquals(429, api.bare("POST", "/auth", "{}").status());
  }

  private JsonNode begin(String description) {
    var answer = api.bare("POST", "/auth", "{\"description\":\"" + description + "\"}");
    assertEquals(201, answer.status());
    return answer.json();
  }

  private TestApi.Answer await(JsonNode login, String secret) {
    return api.bare("GET", text(login, "cli_url"), null, "Authorization", "Bearer " + secret);
  }

  private TestApi.Answer submit(JsonNode login, String email, String password) {
    var form =
        "email="
            + URLEncoder.encode(email, StandardCharsets.UTF_8)
            + "&password="
            + URLEncoder.encode(password, StandardCharsets.UTF_8);
    return api.bare(
        "POST",
        text(login, "browser_url"),
        form,
        "Content-Type",
        "application/x-www-form-urlencoded");
  }

  private JsonNode as(String bearer, String method, String path) {
    return api.bare(method, path, null, "Authorization", bearer).json();
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).stringValue();
  }
}
