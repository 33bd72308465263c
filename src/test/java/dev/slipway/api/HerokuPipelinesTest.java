package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// Pipelines by the stock client: made, filled, promoted along, taken apart.
class HerokuPipelinesTest extends OneHerokuCli {
  @Test
  void aPipelineLivesItsLife() throws Exception {
    api.deployed("orders-staging");
    api.send("POST", "/apps", "{\"name\":\"orders\"}");
    cli.says(
        "Adding orders-staging to shop pipeline as staging... done",
        "pipelines:create",
        "shop",
        "-a",
        "orders-staging",
        "-s",
        "staging");
    cli.says("shop", "pipelines");
    cli.says(
        "Adding orders to shop pipeline as development... done",
        "pipelines:add",
        "shop",
        "-a",
        "orders",
        "-s",
        "development");
    cli.fails(
        "it is in a pipeline already", "pipelines:add", "shop", "-a", "orders", "-s", "staging");
    cli.fails(
        "the stages are test, review, development",
        "pipelines:update",
        "-s",
        "moon",
        "-a",
        "orders");
    cli.says(
        "Changing orders to production", "pipelines:update", "-s", "production", "-a", "orders");
    cli.says("owner: you@example.com", "pipelines:info", "shop");
    cli.says("orders production", "pipelines:info", "shop");
    cli.fails(
        "Cannot find app nix", "pipelines:promote", "-a", "orders", "--to", "orders-staging,nix");
    cli.says("Promotion successful", "pipelines:promote", "-a", "orders-staging");
    cli.says("Promote orders-staging v2 0123abc", "releases", "-a", "orders");
    cli.fails("seem to be connected to GitHub", "pipelines:diff", "-a", "orders-staging");
    cli.fails(
        "can't be transferred here",
        "pipelines:transfer",
        "you@example.com",
        "-p",
        "shop",
        "-c",
        "shop");
    cli.says("Renaming shop pipeline to store", "pipelines:rename", "shop", "store");
    cli.says("Removing orders", "pipelines:remove", "-a", "orders");
    cli.fails("Couldn't find that pipeline coupling.", "pipelines:remove", "-a", "orders");
    cli.says("Destroying store pipeline", "pipelines:destroy", "store");
    cli.fails("Pipeline not found", "pipelines:info", "store");
  }

  @Test
  void aPromotionThatFailsSomewhereSaysWhere() throws Exception {
    api.deployed("one");
    api.send("POST", "/apps", "{\"name\":\"two\"}");
    api.send("POST", "/apps", "{\"name\":\"broken\"}");
    var made = api.send("POST", "/pipelines", "{\"name\":\"shop\"}").json();
    var pipeline = made.get("id").stringValue();
    for (var app : new String[] {"one:staging", "two:production", "broken:production"}) {
      var parts = app.split(":", -1);
      var coupling =
          "{\"app\":\"%s\",\"pipeline\":\"%s\",\"stage\":\"%s\"}"
              .formatted(parts[0], pipeline, parts[1]);
      assertEquals(201, api.send("POST", "/pipeline-couplings", coupling).status());
    }
    cli.fails("web.1 crashed at boot", "pipelines:promote", "-a", "one");
    assertEquals("Promote one v2 0123abc", newest("two"));
  }

  private String newest(String app) {
    return api.get("/apps/" + app + "/releases", "Range", "version ..; order=desc, max=1")
        .json()
        .get(0)
        .get("description")
        .stringValue();
  }
}
