package dev.slipway.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.Await;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Backups by the stock client, of a database that is only remembered.
class HerokuBackupsTest extends OneHerokuCli {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @BeforeEach
  void createDatabase() throws Exception {
    api.deployed("orders");
    cli.says(
        "main-db",
        "addons:create",
        "heroku-postgresql:mini",
        "--name",
        "main-db",
        "-a",
        "orders",
        "--wait");
  }

  @Test
  void aBackupLivesItsLife() throws Exception {
    cli.says("No backups. Capture one", "pg:backups", "-a", "orders");
    cli.says("Backing up main-db to b001... done", "pg:backups:capture", "-a", "orders");
    cli.says("b001", "pg:backups", "-a", "orders");
    cli.says("Database: main-db", "pg:backups:info", "b001", "-a", "orders");
    isDownloaded();
    cli.fails("No active backups", "pg:backups:cancel", "-a", "orders");
    cli.fails("the newest backup", "pg:backups:delete", "b001", "-a", "orders", "-c", "orders");
    cli.says("b002... done", "pg:backups:capture", "-a", "orders");
    cli.says("done", "pg:backups:delete", "b001", "-a", "orders", "-c", "orders");
    assertEquals(1, api.get("/client/v11/apps/orders/transfers").json().size());
    cli.says(
        "Restoring... done",
        "pg:backups:restore",
        "b002",
        "DATABASE_URL",
        "-a",
        "orders",
        "-c",
        "orders");
    cli.says("r003", "pg:backups", "-a", "orders");
  }

  private void isDownloaded() throws Exception {
    cli.says("https://localhost:", "pg:backups:url", "b001", "-a", "orders");
    // The client asks no `NO_PROXY` here; `slipway heroku` does the same.
    cli.set("https_proxy", "");
    cli.set("HTTPS_PROXY", "");
    cli.says("done, #1", "pg:backups:download", "b001", "-a", "orders", "-o", "first.dump");
    var dump = Files.readString(cli.work().resolve("first.dump"));
    assertTrue(dump.startsWith("dump of"), dump);
  }

  @Test
  void aDatabaseIsCopied() throws Exception {
    cli.says("done", "pg:backups:capture", "-a", "orders");
    cli.says(
        "other-db",
        "addons:create",
        "heroku-postgresql:mini",
        "--name",
        "other-db",
        "--as",
        "OTHER",
        "-a",
        "orders",
        "--wait");
    cli.says(
        "Copying... done", "pg:copy", "DATABASE", "OTHER", "-a", "orders", "--confirm", "OTHER");
    cli.says("other-db", "pg:backups", "-a", "orders");
    cli.fails(
        "Only databases of heroku-postgresql",
        "pg:copy",
        "postgres://u:p@elsewhere.example.com:5432/d",
        "OTHER",
        "-a",
        "orders",
        "--confirm",
        "OTHER");
  }

  @Test
  void theHourOfTheNightIsTheUsers() throws Exception {
    cli.says("DATABASE_URL: daily at 3:00 UTC", "pg:backups:schedules", "-a", "orders");
    cli.says(
        "at 2:00 Europe/Paris... done",
        "pg:backups:schedule",
        "DATABASE_URL",
        "--at",
        "2:00 Europe/Paris",
        "-a",
        "orders");
    cli.says("daily at 2:00 Europe/Paris", "pg:backups:schedules", "-a", "orders");
    cli.says("done", "pg:backups:unschedule", "DATABASE_URL", "-a", "orders");
    assertEquals(0, api.get("/client/v11/databases/main-db/transfer-schedules").json().size());
  }

  @Test
  void aDatabaseInUseGoesBackOnlyWhenThatIsConfirmed() {
    var begun = api.send("POST", "/client/v11/databases/main-db/backups", "{}");
    assertEquals(201, begun.status());
    var path = "/client/v11/apps/orders/transfers/1";
    Await.await("it ends", PATIENCE, () -> api.get(path).json().path("succeeded").asBoolean());
    var drilled = api.send("POST", path + "/actions/drill", "{}").json().path("drill");
    assertTrue(drilled.path("passed").asBoolean(), drilled.toString());
    var at = Map.of("at", Instant.now().toString());
    var restores = "/client/v11/databases/main-db/restores";
    var refused = api.send("POST", restores, TestApi.JSON.writeValueAsString(at));
    assertEquals(423, refused.status(), refused.text());
    assertTrue(refused.text().contains("--confirm orders"), refused.text());
    assertEquals(422, api.send("POST", restores, "{\"backup_url\":\"https://x/y.dump\"}").status());
    assertEquals(404, api.get("/client/v11/apps/orders/transfers/b009").status());
  }
}
