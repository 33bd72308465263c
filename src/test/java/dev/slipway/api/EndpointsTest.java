package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each endpoint does what its Heroku namesake does.
class EndpointsTest {
  private @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void anAppIsMadeChangedAndDestroyed() {
    var made = api.send("POST", "/apps", "{\"name\":\"orders\"}");
    assertEquals(201, made.status());
    assertEquals("http://orders.localhost/", made.json().get("web_url").stringValue());
    assertTrue(made.json().has("repo_size") && made.json().has("slug_size"));
    assertEquals("you@example.com", made.json().get("owner").get("email").stringValue());
    var id = made.json().get("id").stringValue();
    assertEquals("orders", api.get("/apps/" + id).json().get("name").stringValue());
    var changed = api.send("PATCH", "/apps/orders", "{\"name\":\"shop\",\"maintenance\":true}");
    assertEquals("shop", changed.json().get("name").stringValue());
    assertTrue(changed.json().get("maintenance").booleanValue());
    assertEquals(1, api.get("/users/~/apps").json().size());
    assertEquals(200, api.send("DELETE", "/apps/shop", "{}").status());
    assertEquals(404, api.get("/apps/shop").status());
  }

  @Test
  void namesThatCantBeAreRefusedWithTheReason() {
    for (var name : List.of("a", "x".repeat(31), "api", "Üml", "1abc", "a--", "")) {
      var refused = api.send("POST", "/apps", "{\"name\":\"" + name + "\"}");
      assertEquals(422, refused.status(), name);
      assertTrue(refused.json().get("message").stringValue().length() > 20, name);
    }
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    var taken = api.send("POST", "/apps", "{\"name\":\"orders\"}");
    assertEquals("Name orders is already taken", taken.json().get("message").stringValue());
    assertEquals(422, api.send("POST", "/apps", "{\"region\":\"eu\"}").status());
    assertEquals(201, api.send("POST", "/apps", "{\"region\":\"local\"}").status());
  }

  @Test
  void configVarsMakeReleases() {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    var set =
        api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"{{ü\\n\",\"B\":\"\",\"C\":\"c\"}");
    assertEquals(200, set.status());
    assertEquals("{{ü\n", set.json().get("A").stringValue());
    assertEquals("", set.json().get("B").stringValue());
    var unset = api.send("PATCH", "/apps/orders/config-vars", "{\"C\":null}");
    assertEquals(2, unset.json().size());
    assertEquals(2, api.get("/apps/orders/config-vars").json().size());
    assertEquals(3, api.get("/apps/orders/releases/2/config-vars").json().size());
    assertEquals(0, api.get("/apps/orders/releases/v1/config-vars").json().size());
  }

  @Test
  void aRollbackIsARelease() {
    api.deployed("orders");
    api.send("PATCH", "/apps/orders/config-vars", "{\"A\":\"1\"}");
    var second = api.get("/apps/orders/releases/2").json();
    assertTrue(second.get("eligible_for_rollback").booleanValue());
    var id = second.get("id").stringValue();
    var back = api.send("POST", "/apps/orders/releases", "{\"release\":\"" + id + "\"}");
    assertEquals(201, back.status());
    assertEquals(4, back.json().get("version").intValue());
    assertTrue(back.json().get("current").booleanValue());
    var slug = second.get("slug").get("id").stringValue();
    var again = api.send("POST", "/apps/orders/releases", "{\"slug\":\"" + slug + "\"}");
    assertEquals(201, again.status());
    assertEquals(404, api.send("POST", "/apps/orders/releases", "{\"release\":77}").status());
    assertEquals(422, api.send("POST", "/apps/orders/releases", "{}").status());
    assertEquals(200, api.get("/apps/orders/receipts").status());
  }

  @Test
  void quantitiesAreNumbersOrChanges() {
    api.deployed("orders");
    var scaled =
        api.send(
            "PATCH",
            "/apps/orders/formation",
            """
            {"updates":[{"type":"web","quantity":"+2","size":"STANDARD-2x"},
                        {"type":"worker","quantity":1}]}
            """);
    assertEquals(200, scaled.status());
    assertEquals(3, scaled.json().get(0).get("quantity").intValue());
    assertEquals("Standard-2X", scaled.json().get(0).get("size").stringValue());
    var one = api.send("PATCH", "/apps/orders/formation/web", "{\"quantity\":\"-1\"}");
    assertEquals(2, one.json().get("quantity").intValue());
    assertEquals("npm start", one.json().get("command").stringValue());
    assertEquals(3, api.get("/apps/orders/dynos").json().size());
    for (var bad : List.of("\"two\"", "-5", "\"\"", "1.5", "99999999999", "true", "\"1e3\"")) {
      var refused = api.send("PATCH", "/apps/orders/formation/web", "{\"quantity\":" + bad + "}");
      assertEquals(422, refused.status(), bad);
    }
    assertEquals(404, api.send("PATCH", "/apps/orders/formation/none", "{}").status());
  }

  @Test
  void dynosAreRestartedByNameTypeOrAllTogether() {
    api.deployed("orders");
    assertEquals(202, api.send("DELETE", "/apps/orders/dynos", null).status());
    assertEquals(202, api.send("DELETE", "/apps/orders/dynos/web.1", null).status());
    assertEquals(202, api.send("DELETE", "/apps/orders/formations/web", null).status());
    assertEquals(202, api.send("POST", "/apps/orders/dynos/web.1/actions/stop", null).status());
    assertEquals(202, api.send("POST", "/apps/orders/formations/web/actions/stop", "").status());
    assertEquals(404, api.send("DELETE", "/apps/orders/dynos/web.9", null).status());
    assertEquals(404, api.send("DELETE", "/apps/orders/formations/none", null).status());
    assertEquals(5, api.operations.asked.size());
    var dyno = api.get("/apps/orders/dynos/web.1").json();
    assertEquals("up", dyno.get("state").stringValue());
    assertEquals(2, dyno.get("release").get("version").intValue());
  }

  @Test
  void domainsComeAndGo() {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    var added =
        api.send(
            "POST",
            "/apps/orders/domains",
            "{\"hostname\":\"WWW.Example.com\",\"sni_endpoint\":null}");
    assertEquals(201, added.status());
    assertEquals("orders.localhost", added.json().get("cname").stringValue());
    assertEquals("none", added.json().get("status").stringValue());
    assertEquals(2, api.get("/apps/orders/domains").json().size());
    assertEquals(
        "custom", api.get("/apps/orders/domains/www.example.com").json().get("kind").stringValue());
    assertEquals(200, api.send("DELETE", "/apps/orders/domains/www.example.com", null).status());
    assertEquals(404, api.send("DELETE", "/apps/orders/domains/www.example.com", null).status());
    assertEquals(422, api.send("POST", "/apps/orders/domains", "{\"hostname\":\"x y\"}").status());
  }
}
