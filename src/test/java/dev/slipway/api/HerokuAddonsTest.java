package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Add-ons by the stock client: found, made, shared, changed, destroyed.
class HerokuAddonsTest extends OneHerokuCli {
  @Test
  void anAddonLivesItsLife() throws Exception {
    api.deployed("orders");
    api.send("POST", "/apps", "{\"name\":\"billing\"}");
    cli.says("slipway-secret Secret key ga", "addons:services");
    cli.says("default slipway-secret:fixed Fixed free free", "addons:plans", "slipway-secret");
    cli.fails("Couldn't find that plan", "addons:create", "slipway-secret:nix", "-a", "orders");
    cli.fails(
        "takes no options", "addons:create", "slipway-secret", "-a", "orders", "--", "--x", "1");
    cli.says(
        "Created sessions as SECRET_KEY",
        "addons:create",
        "slipway-secret",
        "--name",
        "sessions",
        "-a",
        "orders");
    cli.says("v3 Attach SECRET (@sessions)", "releases", "-a", "orders");
    cli.says("slipway-secret (sessions) fixed free free created", "addons", "-a", "orders");
    cli.says("orders sessions slipway-secret:fixed free free created", "addons", "--all");
    cli.fails("an add-on sets it", "config:set", "SECRET_KEY=mine", "-a", "orders");
    cli.fails("an add-on sets it", "config:unset", "SECRET_KEY", "-a", "orders");
    cli.says(
        "Setting SIGNING config vars and restarting billing... done, v2",
        "addons:attach",
        "sessions",
        "--as",
        "SIGNING",
        "-a",
        "billing");
    assertEquals(config("orders", "SECRET_KEY"), config("billing", "SIGNING_KEY"));
    cli.says("billing::SIGNING", "addons:info", "sessions");
    cli.says(
        "from slipway-secret:fixed to slipway-secret:weekly... done, free",
        "addons:upgrade",
        "sessions",
        "slipway-secret:weekly",
        "-a",
        "orders");
    cli.says("successfully renamed to keys", "addons:rename", "sessions", "keys");
    cli.says("articles/slipway-secret", "addons:docs", "slipway-secret", "--show-url");
    cli.says("/addon-pages/slipway-secret", "addons:open", "keys", "--show-url", "-a", "orders");
    cli.fails(
        "it is attached to billing", "addons:destroy", "keys", "-a", "orders", "-c", "orders");
    cli.says(
        "Unsetting SIGNING config vars and restarting billing... done, v3",
        "addons:detach",
        "SIGNING",
        "-a",
        "billing");
    cli.fails("is the last attachment", "addons:detach", "SECRET", "-a", "orders");
    cli.says(
        "Destroying keys on orders... done",
        "addons:destroy",
        "SECRET",
        "-a",
        "orders",
        "-c",
        "orders");
    cli.says("No add-ons for app orders.", "addons", "-a", "orders");
    assertEquals(404, api.get("/addons/keys").status());
    assertTrue(!api.get("/apps/orders/config-vars").json().has("SECRET_KEY"));
  }

  @Test
  void whatTakesAWhileIsWaitedFor() throws Exception {
    api.deployed("orders");
    cli.says(
        "is being created in the background",
        "addons:create",
        "slow-store",
        "--name",
        "attic",
        "-a",
        "orders");
    cli.says("", "addons:wait", "attic", "-a", "orders", "--wait-interval", "1");
    assertEquals("provisioned", api.get("/addons/attic").json().get("state").stringValue());
    cli.fails("keeps its plan", "addons:upgrade", "attic", "never", "-a", "orders");
    cli.fails(
        "did not match orders",
        "addons:create",
        "slow-store",
        "--as",
        "STORE",
        "-a",
        "orders",
        "--confirm",
        "wrong");
    cli.says(
        "is being created in the background",
        "addons:create",
        "slow-store",
        "--as",
        "STORE",
        "-a",
        "orders",
        "--confirm",
        "orders");
    cli.says(
        "is being destroyed in the background",
        "addons:destroy",
        "attic",
        "-a",
        "orders",
        "-c",
        "orders");
  }

  private String config(String app, String name) {
    return api.get("/apps/" + app + "/config-vars").json().get(name).stringValue();
  }
}
