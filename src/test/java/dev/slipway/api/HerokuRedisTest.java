package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Redis by the stock client, as far as it asks the API for it.
class HerokuRedisTest extends OneHerokuCli {
  @Test
  void aRedisLivesItsLife() throws Exception {
    api.deployed("orders");
    create("cache");
    cli.says("", "redis:wait", "-a", "orders");
    var url = config("REDIS_URL");
    assertTrue(url.startsWith("rediss://:"), url);
    cli.says("=== cache (REDIS_URL) Plan: mini Status: Available", "redis:info", "-a", "orders");
    cli.says("Version: 8.0.2 Memory: 1.02M of 25M", "redis:info", "-a", "orders");
    cli.says(url, "redis:credentials", "-a", "orders");
    cli.says("Resetting credentials for cache", "redis:credentials", "--reset", "-a", "orders");
    assertNotEquals(url, config("REDIS_URL"));
    cli.says(config("REDIS_URL"), "redis:credentials", "-a", "orders");
    create("jobs");
    cli.says("Promoting jobs to REDIS_URL on orders", "redis:promote", "jobs", "-a", "orders");
    assertTrue(config("REDIS_URL").equals(url("jobs")));
    cli.says("jobs", "addons:destroy", "jobs", "-a", "orders", "-c", "orders");
    assertTrue(api.get("/redis/v0/destroyed").text().contains("jobs"));
  }

  @Test
  void settingsChangeWhileItRuns() throws Exception {
    api.deployed("orders");
    create("cache");
    cli.says(
        "Maxmemory policy for cache (REDIS_URL) set to allkeys-lru."
            + " allkeys-lru removes less recently used keys first.",
        "redis:maxmemory",
        "--policy",
        "allkeys-lru",
        "-a",
        "orders");
    cli.fails("no eviction policy", "redis:maxmemory", "--policy", "some", "-a", "orders");
    cli.says(
        "set to 60 seconds. Connections to the Redis instance will be stopped",
        "redis:timeout",
        "--seconds",
        "60",
        "-a",
        "orders");
    cli.says(
        "Keyspace notifications for cache (REDIS_URL) set to 'KEA'.",
        "redis:keyspace-notifications",
        "--config",
        "KEA",
        "-a",
        "orders");
    cli.says("Maxmemory: allkeys-lru Timeout: 60", "redis:info", "cache", "-a", "orders");
    cli.says("reset successful", "redis:stats-reset", "-a", "orders", "-c", "orders");
    cli.fails(
        "one version here", "redis:upgrade", "--version", "9.0", "-a", "orders", "-c", "orders");
  }

  @Test
  void backupsAreMadeAndBroughtBack() throws Exception {
    api.deployed("orders");
    create("cache");
    var path = "/redis/v0/databases/cache/backups";
    assertEquals(201, api.send("POST", path, "{}").status());
    var made = api.get(path).json();
    assertEquals(1, made.size());
    var name = made.get(0).path("name").asString();
    assertEquals(200, api.send("POST", path + "/" + name + "/restore", "{}").status());
    assertEquals(2, api.get(path).json().size());
    assertEquals(404, api.send("POST", path + "/..%2Fx/restore", "{}").status());
    assertEquals(
        422, api.send("PATCH", "/redis/v0/databases/cache/config", "{\"timeout\":-1}").status());
  }

  private void create(String name) throws Exception {
    cli.says(name, "addons:create", "heroku-redis:mini", "--name", name, "-a", "orders", "--wait");
  }

  private String url(String addon) throws Exception {
    return api.get("/redis/v0/databases/" + addon).json().path("resource_url").asString();
  }

  private String config(String name) throws Exception {
    return api.get("/apps/orders/config-vars").json().path(name).asString();
  }
}
