package dev.slipway.api;

import static dev.slipway.testing.Await.awaitValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Apps made from a tarball with an `app.json`.
class AppSetupTest {
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
  void anAppIsMadeAsItsFileSays() throws Exception {
    var setup =
        ended(
            setUp(
                """
                {"name": "Shop", "website": "https://example.com",
                 "env": {"A": "plain", "B": {"value": "given"}, "C": {"generator": "secret"},
                         "D": {"required": false}, "E": {"description": "to be overridden"}},
                 "formation": {"web": {"quantity": 2, "size": "standard-2x"}},
                 "addons": ["slow-store", {"plan": "slipway-secret:weekly", "as": "SIGNING"}],
                 "scripts": {"postdeploy": {"command": "seed the database"}},
                 "success_url": "/welcome"}
                """,
                "\"env\":{\"E\":\"overridden\"}"));
    assertEquals("succeeded", setup.get("status").stringValue(), setup::toString);
    assertEquals("seed the database\n", setup.at("/postdeploy/output").stringValue());
    assertEquals(0, setup.at("/postdeploy/exit_code").intValue());
    assertEquals("succeeded", setup.at("/build/status").stringValue());
    assertEquals("http://shop.localhost/welcome", setup.get("resolved_success_url").stringValue());
    var config = api.get("/apps/shop/config-vars").json();
    assertEquals("plain", config.get("A").stringValue());
    assertEquals("given", config.get("B").stringValue());
    assertEquals(64, config.get("C").stringValue().length());
    assertTrue(!config.has("D"));
    assertEquals("overridden", config.get("E").stringValue());
    assertTrue(config.has("SIGNING_KEY") && config.has("STORE_URL"));
    var web = api.get("/apps/shop/formation/web").json();
    assertEquals(2, web.get("quantity").intValue());
    assertEquals("Standard-2X", web.get("size").stringValue());
  }

  @Test
  void aFileThatIsWrongMakesNothingAndSaysAll() throws Exception {
    var refused =
        setUp(
            """
            {"env": {"A": {}, "B": 7, "C": {"generator": "dice"}},
             "formation": {"web": {"quantity": -1}}, "addons": {}, "scripts": {"postdeploy": 7}}
            """,
            "");
    assertEquals(422, refused.status(), refused::text);
    for (var path :
        new String[] {"env.A", "env.B", "env.C", "formation.web", "addons", "postdeploy"}) {
      assertTrue(refused.text().contains(path), path + ": " + refused.text());
    }
    assertEquals(422, setUp("[]", "").status());
    assertEquals(422, setUp("{", "").status());
    assertEquals(404, setUp("{\"addons\":[\"nix\"]}", "").status());
    assertEquals(422, setUp("{\"env\":{\"A B\":\"c\"}}", "").status());
    assertEquals(0, api.get("/apps").json().size());
  }

  @Test
  void whatFailsLaterSaysWhy() throws Exception {
    var postdeploy = ended(setUp("{\"scripts\":{\"postdeploy\":\"exit 3\"}}", ""));
    assertEquals("failed", postdeploy.get("status").stringValue());
    assertEquals(3, postdeploy.at("/postdeploy/exit_code").intValue());
    assertTrue(postdeploy.get("failure_message").stringValue().contains("status 3"));
    api.send("DELETE", "/apps/shop", null);
    var addon = ended(setUp("{\"addons\":[\"slow-store:never\"]}", ""));
    assertTrue(addon.get("failure_message").stringValue().contains("there is no room"));
    assertEquals("failed", addon.at("/build/status").stringValue());
  }

  @Test
  void othersDoNotSeeIt() throws Exception {
    var id = ended(setUp("{}", "")).get("id").stringValue();
    var other = "Bearer " + TestApi.OTHER_KEY;
    assertEquals(404, api.bare("GET", "/app-setups/" + id, null, "Authorization", other).status());
  }

  private JsonNode ended(TestApi.Answer begun) {
    assertEquals(202, begun.status(), begun::text);
    var id = begun.json().get("id").stringValue();
    return awaitValue(
        "the setup's end",
        () -> api.get("/app-setups/" + id).json(),
        setup -> !setup.get("status").stringValue().equals("pending"));
  }

  private TestApi.Answer setUp(String manifest, String overrides) throws Exception {
    var url = api.send("POST", "/sources", "{}").json().at("/source_blob/put_url").stringValue();
    try (var client = HttpClient.newHttpClient()) {
      var tarball = BodyPublishers.ofByteArray(tarball(manifest));
      client.send(
          HttpRequest.newBuilder(URI.create(url)).PUT(tarball).build(), BodyHandlers.discarding());
    }
    return api.send(
        "POST",
        "/app-setups",
        "{\"source_blob\":{\"url\":\"%s\"},\"app\":{\"name\":\"shop\"},\"overrides\":{%s}}"
            .formatted(url, overrides));
  }

  private static byte[] tarball(String manifest) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (var file : new String[] {"app.json", "Procfile"}) {
        var text = file.equals("Procfile") ? "web: npm start" : manifest;
        var content = text.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(file);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
