package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Backups in a store that speaks S3. The store is S3Proxy, a stand-in on this machine with an
/// authority of its own: no test here has seen Amazon's.
@Tag("docker")
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackupStoreIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final FaultApp app = FaultApp.create();
  private final List<String> made = new ArrayList<>();
  @TempDir private static java.nio.file.Path directory;
  private ReachableStore store;
  private String addon = "";
  private int before;

  @BeforeAll
  void start() throws IOException {
    store = ReachableStore.start(directory);
    addon = create(Map.of());
    sql("DATABASE", "CREATE TABLE kept AS SELECT generate_series(1, 10000) AS x");
    before = capture();
  }

  @AfterAll
  void clean() throws IOException {
    store.standIn().startAgain();
    app.close();
    Await.await(
        "all are destroyed",
        PATIENCE,
        () -> made.stream().allMatch(name -> Api.get("/addons/" + name).status() == 404));
    Await.await(
        "their data is gone",
        PATIENCE,
        () -> {
          made.forEach(name -> Api.call("DELETE", "/postgres/v0/destroyed/" + name, null));
          return Api.get("/postgres/v0/destroyed").json().isEmpty();
        });
    assertEquals(0, store.objects("backups"), "erased databases left backups in the store");
    SlipwayCommandLine.run("store", "local", "--for", "backups");
    store.close();
  }

  @Test
  @Order(1)
  void aBackupIsTakenInTheStoreAtOnceAndOlderOnesCanStillBeHad() throws IOException {
    var ended = store.use("backups", store.standIn().key().secret().reveal());
    assertEquals(0, ended.status(), ended.said());
    Await.await("a backup that nobody asked for", PATIENCE, () -> newest() > before);
    assertTrue(store.objects("backups") > 10);
    assertPasses(drill(newest()));
    assertPasses(drill(before));
    assertEquals("", health());
  }

  @Test
  @Order(2)
  void aDatabaseComesBackAsItWasAtATimeFromTheStore() throws InterruptedException {
    sql("DATABASE", "CREATE TABLE orders AS SELECT 42 AS number");
    Thread.sleep(1500);
    var then = Instant.now();
    Thread.sleep(1500);
    sql("DATABASE", "DROP TABLE orders");
    var began = System.nanoTime();
    var name = create(Map.of("restore", addon, "at", then.toString()));
    Steady.note("an 8 MB database restored to a time from a store\t" + Steady.seconds(began));
    assertEquals("42", sql(attachment(name), "SELECT number FROM orders"));
  }

  @Test
  @Order(3)
  void aStoreThatIsAwayFailsBackupsAndNotTheDatabase() {
    store.standIn().stop();
    try {
      // pgBackRest tries each thing for a minute.
      var number = begin();
      Await.await(
          "it fails", Duration.ofMinutes(5), () -> transfer(number).path("finished_at").isString());
      var failed = transfer(number);
      assertFalse(failed.path("succeeded").asBoolean(), failed.toString());
      assertEquals("1", sql("DATABASE", "CREATE TABLE meanwhile AS SELECT 1 AS x; SELECT 1"));
      assertTrue(health().contains("failed"), health());
    } finally {
      store.standIn().startAgain();
    }
    assertPasses(drill(capture()));
    assertEquals("", health());
  }

  private static void assertPasses(JsonNode drill) {
    assertTrue(drill.path("passed").asBoolean(), drill.toString());
  }

  private int newest() {
    var newest = 0;
    for (var each : transfers()) {
      if (each.path("succeeded").asBoolean() && each.path("from_name").asString().equals(addon)) {
        newest = Math.max(newest, each.path("num").asInt());
      }
    }
    return newest;
  }

  private int capture() {
    var captured = await(begin());
    assertTrue(captured.path("succeeded").asBoolean(), captured.toString());
    return captured.path("num").asInt();
  }

  /// Another one may be running that nobody asked for.
  private int begin() {
    var path = "/client/v11/databases/" + addon + "/backups";
    var begun = Api.call("POST", path, "{}");
    if (begun.status() == 409) {
      Await.await(
          "nothing runs", PATIENCE, () -> !transfers().toString().contains("\"finished_at\":null"));
      begun = Api.call("POST", path, "{}");
    }
    assertEquals(201, begun.status(), begun.body());
    return begun.json().path("num").asInt();
  }

  private JsonNode transfers() {
    return Api.get("/client/v11/apps/" + app.name() + "/transfers").json();
  }

  private JsonNode await(int number) {
    Await.await("it ends", PATIENCE, () -> transfer(number).path("finished_at").isString());
    return transfer(number);
  }

  private JsonNode transfer(int number) {
    return Api.get("/client/v11/apps/" + app.name() + "/transfers/" + number).json();
  }

  private JsonNode drill(int number) {
    var path = "/client/v11/apps/" + app.name() + "/transfers/" + number + "/actions/drill";
    var drilled = Api.call("POST", path, "{}");
    assertEquals(200, drilled.status(), drilled.body());
    return drilled.json().path("drill");
  }

  private String health() {
    var path = "/client/v11/databases/" + addon + "/backup-health";
    return Api.get(path).json().path("problem").asString();
  }

  private String create(Map<String, String> options) {
    var wanted = Map.of("plan", "heroku-postgresql:mini", "config", options);
    var answer = Api.call("POST", app.path("addons"), Api.json(wanted));
    assertEquals(201, answer.status(), answer.body());
    var name = answer.json().path("name").asString();
    made.add(name);
    Await.await(
        name + " is there",
        PATIENCE,
        () -> !Api.get("/addons/" + name).json().path("state").asString().equals("provisioning"));
    var end = Api.get("/addons/" + name);
    assertEquals("provisioned", end.json().path("state").asString(), end.body());
    return name;
  }

  private String attachment(String name) {
    for (var each : Api.get(app.path("addon-attachments")).json()) {
      if (each.path("addon").path("name").asString().equals(name)) {
        return each.path("name").asString();
      }
    }
    throw new AssertionError(name + " is not attached");
  }

  private String sql(String attachment, String sql) {
    var url = Api.get(app.path("config-vars")).json().path(attachment + "_URL").asString();
    return Host.docker(
        "run",
        "--rm",
        "--label",
        "slipway.test",
        "--network",
        "slipway-dynos",
        "--entrypoint",
        "psql",
        "slipway-pgbouncer",
        url,
        "-qAtc",
        sql);
  }
}
