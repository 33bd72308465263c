package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Databases by the stock client, as far as it asks the API for them.
class HerokuPostgresTest extends OneHerokuCli {
  @Test
  void aDatabaseLivesItsLife() throws Exception {
    api.deployed("orders");
    create("main-db");
    cli.says("", "pg:wait", "-a", "orders");
    cli.says("Plan: mini Status: Available PG Version: 17.12", "pg:info", "-a", "orders");
    cli.says("default", "pg:credentials", "-a", "orders");
    var url = config("DATABASE_DIRECT_URL");
    cli.says(url, "pg:credentials:url", "-a", "orders");
    cli.says("done", "pg:credentials:rotate", "-a", "orders", "-c", "orders");
    assertNotEquals(url, config("DATABASE_DIRECT_URL"));
    cli.says("done", "pg:killall", "-a", "orders");
    cli.says("done", "pg:reset", "-a", "orders", "-c", "orders");
    create("second-db");
    var second = config("DATABASE_AMBER_URL");
    cli.says(
        "Promoting second-db to DATABASE_URL on orders... done",
        "pg:promote",
        "second-db",
        "-a",
        "orders");
    assertEquals(second, config("DATABASE_URL"));
    cli.fails("Couldn't find that plan", "addons:create", "heroku-postgresql:huge", "-a", "orders");
    cli.says(
        "Destroying second-db on orders... done",
        "addons:destroy",
        "second-db",
        "-a",
        "orders",
        "-c",
        "orders");
    assertTrue(api.get("/postgres/v0/destroyed").text().contains("second-db"));
  }

  private void create(String name) throws Exception {
    cli.says(
        name, "addons:create", "heroku-postgresql:mini", "--name", name, "-a", "orders", "--wait");
  }

  private String config(String name) throws Exception {
    return api.get("/apps/orders/config-vars").json().path(name).asString();
  }
}
