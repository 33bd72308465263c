package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ProcessType;
import dev.slipway.image.ImageReference;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import java.time.Instant;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Releases by the stock client: what they hold, what their commands wrote, how they are repeated.
class HerokuReleasesTest extends OneHerokuCli {
  @Test
  void releasesAreShownAndRepeated() throws Exception {
    api.deployed("orders");
    api.send("PATCH", "/apps/orders/config-vars", "{\"GREETING\":\"it's me\"}");
    cli.says("v3 Set config vars", "releases", "-a", "orders", "-n", "2");
    cli.says("\"version\": 2", "releases:info", "v2", "--json", "-a", "orders");
    cli.says("GREETING=\"it's me\"", "releases:info", "v3", "--shell", "-a", "orders");
    cli.says("has no release output available", "releases:output", "-a", "orders");
    cli.fails("must have a release-phase command", "releases:retry", "-a", "orders");
    cli.fails("Couldn't find that release.", "releases:output", "v99", "-a", "orders");
    cli.says("Rolling back orders to v2... done, v4", "releases:rollback", "v2", "-a", "orders");
  }

  @Test
  void whatTheReleasePhaseWroteIsShown() throws Exception {
    api.deployed("orders");
    releasePhase();
    try (var output = api.logs.beginOutput(api.apps.get("orders").id(), "release.3")) {
      output.line("migrated 12 tables");
    }
    cli.says("migrated 12 tables", "releases:output", "v3", "-a", "orders");
    cli.says("Retrying v3 on orders... done, v4", "releases:retry", "-a", "orders");
    cli.says("web=1:Standard-1X", "ps:scale", "-a", "orders");
    var url = api.get("/apps/orders/releases/3").json().get("output_stream_url").stringValue();
    var path = url.substring(api.url().length());
    assertEquals("migrated 12 tables\n", api.bare("GET", path, null).text());
    var guessed = path.substring(0, path.length() - 1) + "x";
    assertEquals(404, api.bare("GET", guessed, null).status());
  }

  @Test
  void aProcessTypeIsTakenOut() throws Exception {
    api.deployed("orders");
    cli.says(
        "Removing container worker for orders... done", "container:rm", "worker", "-a", "orders");
    cli.says("v3 Removed [worker]", "releases", "-a", "orders");
    cli.fails("Couldn't find that process type.", "container:rm", "clock", "-a", "orders");
    var image =
        "{\"updates\":[{\"type\":\"web\",\"docker_image\":\"sha256:%s\",\"quantity\":2}]}"
            .formatted("0".repeat(64));
    assertEquals(404, api.send("PATCH", "/apps/orders/formation", image).status());
    assertEquals(1, api.get("/apps/orders/formation/web").json().get("quantity").intValue());
  }

  @Test
  void aSlugTellsItsCommitAndCommands() {
    api.deployed("orders");
    var id = api.get("/apps/orders/releases/2").json().get("slug").get("id").stringValue();
    var slug = api.get("/apps/orders/slugs/" + id).json();
    assertEquals("0123abc", slug.get("commit").stringValue());
    assertEquals("npm start", slug.get("process_types").get("web").stringValue());
    assertEquals(404, api.get("/apps/orders/slugs/" + UUID.randomUUID()).status());
    var refused = api.send("POST", "/apps/orders/slugs", "{\"process_types\":{}}");
    assertEquals(422, refused.status());
    assertTrue(refused.text().contains("builds"), refused.text());
  }

  private void releasePhase() {
    var app = api.apps.get("orders");
    var image = new ImageReference("test", "sha256:" + "0".repeat(64));
    var processes = new TreeMap<ProcessType, SlugProcess>();
    processes.put(ProcessType.WEB, new SlugProcess(image, "npm start"));
    processes.put(ProcessType.RELEASE, new SlugProcess(image, "npm run migrate"));
    var slug =
        api.releases.addSlug(
            new Slug(UUID.randomUUID(), app.id(), "89abcde", "test", processes, Instant.now()));
    api.operations.release(app, slug, "Deploy 89abcde", api.owner.id());
  }
}
