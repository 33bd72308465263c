package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one account has in pipelines and add-ons, another does not see.
class AddonAccessTest {
  private @TempDir Path home;
  private TestApi api;

  @BeforeEach
  void start() {
    api = new TestApi(home);
    api.deployed("orders");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void addonsOfOthersAreNotThere() {
    api.send("POST", "/apps/orders/addons", "{\"plan\":\"slipway-secret\",\"name\":\"keys\"}");
    other("POST", "/apps", "{\"name\":\"theirs\"}");
    var attachment = api.get("/addon-attachments").json().get(0).get("id").stringValue();
    assertEquals(0, other("GET", "/addons", null).json().size());
    assertEquals(0, other("GET", "/addon-attachments", null).json().size());
    for (var path :
        new String[] {
          "/addons/keys",
          "/addons/keys/config",
          "/addons/keys/addon-attachments",
          "/addon-attachments/" + attachment,
          "/apps/orders/addons",
          "/apps/orders/addon-attachments"
        }) {
      assertEquals(404, other("GET", path, null).status(), path);
    }
    var attach = "{\"addon\":\"keys\",\"app\":\"theirs\"}";
    assertEquals(404, other("POST", "/addon-attachments", attach).status());
    assertEquals(404, other("DELETE", "/addon-attachments/" + attachment, null).status());
    var resolved = other("POST", "/actions/addons/resolve", "{\"addon\":\"keys\"}");
    assertEquals(404, resolved.status());
    assertEquals("add_on", resolved.json().get("resource").stringValue());
    assertEquals(1, api.get("/addons").json().size());
  }

  @Test
  void whoeverSharesTheAppSharesItsAddons() {
    api.send("POST", "/apps/orders/addons", "{\"plan\":\"slipway-secret\",\"name\":\"keys\"}");
    api.send("POST", "/apps/orders/collaborators", "{\"user\":\"other@example.com\"}");
    assertEquals("keys", other("GET", "/addons/keys", null).json().get("name").stringValue());
  }

  @Test
  void pipelinesOfOthersAreNotThere() {
    var pipeline = api.send("POST", "/pipelines", "{\"name\":\"shop\"}").json();
    var id = pipeline.get("id").stringValue();
    var coupling = "{\"app\":\"orders\",\"pipeline\":\"" + id + "\",\"stage\":\"staging\"}";
    var coupled = api.send("POST", "/pipeline-couplings", coupling).json().get("id").stringValue();
    assertEquals(0, other("GET", "/pipelines", null).json().size());
    assertEquals(404, other("GET", "/pipelines/" + id, null).status());
    assertEquals(404, other("GET", "/pipelines/shop/pipeline-couplings", null).status());
    assertEquals(404, other("GET", "/pipeline-couplings/" + coupled, null).status());
    assertEquals(404, other("DELETE", "/pipeline-couplings/" + coupled, null).status());
    assertEquals(404, other("DELETE", "/pipelines/" + id, null).status());
    assertEquals(404, other("POST", "/pipeline-couplings", coupling).status());
    var filter = "{\"in\":{\"id\":[\"" + api.apps.get("orders").id() + "\"]}}";
    assertEquals(0, other("POST", "/filters/apps", filter).json().size());
    assertEquals(1, api.send("POST", "/filters/apps", filter).json().size());
    assertEquals(201, other("POST", "/pipelines", "{\"name\":\"shop\"}").status());
  }

  /// A collaborator can't take the owner's app into a pipeline of their own.
  @Test
  void onlyTheOwnerPutsAnAppIntoAPipeline() {
    api.send("POST", "/apps/orders/collaborators", "{\"user\":\"other@example.com\"}");
    var theirs = other("POST", "/pipelines", "{\"name\":\"shop\"}").json().get("id").stringValue();
    var coupling = "{\"app\":\"orders\",\"pipeline\":\"" + theirs + "\",\"stage\":\"staging\"}";
    assertEquals(403, other("POST", "/pipeline-couplings", coupling).status());
  }

  private TestApi.Answer other(String method, String path, @Nullable String body) {
    return api.bare(method, path, body, "Authorization", "Bearer " + TestApi.OTHER_KEY);
  }
}
