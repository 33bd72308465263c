package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/// What an app is and has, by the stock client: its name, stack, config, features, buildpacks.
class HerokuAppsTest extends OneHerokuCli {
  /// Runs its argument on a terminal, and says yes when it asks whether to update.
  private static final String ON_A_TERMINAL =
      """
      mkfifo in && : > out
      (exec 3> in
       timeout 40 sh -c 'until grep -q "Update config" out; do sleep 0.1; done'
       echo y >&3) &
      timeout 40 script -qfec "$0" out < in\
      """;

  @Test
  void appsAreMadeShownRenamedAndDestroyed() throws Exception {
    cli.run("git", "init", "-q", "-b", "main");
    cli.says("http://", "apps:create", "--no-remote");
    cli.says("http://orders.localhost/", "apps:create", "orders", "--remote", "production");
    assertTrue(cli.run("git", "remote", "-v").contains("production\thttps://localhost:"));
    cli.fails("Name orders is already taken", "apps:create", "orders");
    cli.says("\"name\": \"orders\"", "apps:info", "--json", "-a", "orders");
    cli.says("web_url=http://orders.localhost/", "apps:info", "--shell", "-a", "orders");
    cli.says("Renaming orders to shop... done", "apps:rename", "shop", "-a", "orders");
    assertTrue(cli.run("git", "remote", "-v").contains("/shop.git"));
    cli.fails(
        "Confirmation orders did not match shop", "apps:destroy", "-a", "shop", "-c", "orders");
    cli.says("Destroying shop", "apps:destroy", "-a", "shop", "-c", "shop");
    cli.fails("Couldn't find that app.", "apps:info", "-a", "shop");
  }

  @Test
  void theOneStackAndRegionAreShownAndBuildpacksAreNot() throws Exception {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    cli.says("* container", "apps:stacks", "-a", "orders");
    cli.says("Setting stack to container... done", "apps:stacks:set", "container", "-a", "orders");
    cli.fails("The only one here is container.", "apps:stacks:set", "heroku-24", "-a", "orders");
    cli.says("local This machine Common Runtime", "regions");
    cli.says("orders has no Buildpacks.", "buildpacks", "-a", "orders");
    cli.fails("There are no buildpacks here", "buildpacks:set", "heroku/nodejs", "-a", "orders");
    cli.fails(
        "There are no buildpacks here",
        "buildpacks:add",
        "https://example.com/b.git",
        "-a",
        "orders");
    cli.says("Buildpacks cleared.", "buildpacks:clear", "-a", "orders");
  }

  @Test
  void featuresAreShownAndTurnedOnAndOff() throws Exception {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    cli.says("[ ] http-session-affinity", "features", "-a", "orders");
    cli.says("Enabled: false", "features:info", "http-session-affinity", "-a", "orders");
    cli.says("done", "features:enable", "http-session-affinity", "-a", "orders");
    cli.says("[+] http-session-affinity", "features", "-a", "orders");
    cli.fails("is already enabled", "features:enable", "http-session-affinity", "-a", "orders");
    cli.says("done", "features:disable", "http-session-affinity", "-a", "orders");
    cli.says("Enabled: true", "features:info", "preboot", "-a", "orders");
    cli.fails("it is how every app runs here", "features:disable", "preboot", "-a", "orders");
    cli.fails("Couldn't find that app feature.", "features:info", "nonesuch", "-a", "orders");
    cli.says("[+] runtime-dyno-metadata", "labs", "-a", "orders");
    cli.says("runtime-dyno-metadata", "labs:info", "runtime-dyno-metadata", "-a", "orders");
    cli.says("done", "labs:enable", "http-session-affinity", "-a", "orders");
    cli.says("done", "labs:disable", "http-session-affinity", "-a", "orders");
    cli.fails("Couldn't find that account feature.", "labs:info", "nonesuch");
    assertEquals(4, api.operations.published.get());
    // What ps:exec asks for, and shows its user the answer of.
    assertEquals(422, api.get("/apps/orders/features/runtime-heroku-exec").status());
    var stranger = "Bearer " + TestApi.OTHER_KEY;
    assertEquals(
        404, api.bare("GET", "/apps/orders/features", null, "Authorization", stranger).status());
  }

  @Test
  void configIsShownInEachFormAndEdited() throws Exception {
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    cli.says("done, v2", "config:set", "A=one two", "B=2", "-a", "orders");
    cli.says("A='one two'", "config", "--shell", "-a", "orders");
    cli.says("\"B\": \"2\"", "config", "--json", "-a", "orders");
    cli.says("A='one two'", "config:get", "A", "-s", "-a", "orders");
    cli.set("EDITOR", editor());
    var edited =
        cli.succeedsBy("config:edit", "sh", "-c", ON_A_TERMINAL, "heroku config:edit -a orders");
    assertTrue(edited.contains("Updating config"), edited);
    assertEquals("three", api.get("/apps/orders/config-vars").json().get("A").stringValue());
  }

  @Test
  void theBrowserOpensAndTheCodeIsCloned() throws Exception {
    cli.run("git", "init", "-q", "-b", "main");
    cli.heroku("apps:create", "orders");
    Files.writeString(cli.work().resolve("Procfile"), "web: npm start");
    cli.run("git", "add", "-A");
    cli.run("git", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "one");
    cli.run("git", "push", "heroku", "main");
    cli.says("Cloning", "git:clone", "copy", "-a", "orders");
    assertEquals("web: npm start", Files.readString(cli.work().resolve("copy/Procfile")));
    cli.says("Opening http://orders.localhost/admin...", "apps:open", "/admin", "-a", "orders");
  }

  /// An editor that writes three in place of one two.
  private String editor() throws Exception {
    var script = home.resolve("editor");
    Files.writeString(script, "#!/bin/sh\nsed -i 's/one two/three/' \"$1\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }
}
