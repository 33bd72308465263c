package dev.slipway.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// An app with a database, and those that are restored from it; closing it erases them all.
final class TestDatabases implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final FaultApp app = FaultApp.create();
  private final List<String> made = new ArrayList<>();
  private final String first;

  private TestDatabases() {
    first = create(Map.of());
    sql("DATABASE", "CREATE TABLE kept AS SELECT generate_series(1, 10000) AS x");
  }

  /// A database with 10,000 rows in a table `kept`, attached as `DATABASE`.
  static TestDatabases create() {
    return new TestDatabases();
  }

  FaultApp app() {
    return app;
  }

  /// The first database's name.
  String first() {
    return first;
  }

  /// Makes another one, and waits until it is there.
  ///
  /// @return its name
  String create(Map<String, String> options) {
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

  /// The name of a database's attachment, such as `DATABASE`.
  String attachment(String name) {
    for (var each : Api.get(app.path("addon-attachments")).json()) {
      if (each.path("addon").path("name").asString().equals(name)) {
        return each.path("name").asString();
      }
    }
    throw new AssertionError(name + " is not attached");
  }

  String url(String attachment) {
    return Api.get(app.path("config-vars")).json().path(attachment + "_URL").asString();
  }

  /// What a client in the dynos' network is answered.
  String sql(String attachment, String sql) {
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
        url(attachment),
        "-qAtc",
        sql);
  }

  /// Takes a backup of the first.
  ///
  /// @return its number
  int capture() {
    var captured = await(begin());
    assertTrue(captured.path("succeeded").asBoolean(), captured.toString());
    return captured.path("num").asInt();
  }

  /// Begins one, as soon as nothing else is done with the backups, unasked or asked.
  int begin() {
    return post("/client/v11/databases/" + first + "/backups", "{}");
  }

  /// Begins something that only one can do at a time.
  ///
  /// @return its number
  int post(String path, String body) {
    var answers = new ArrayList<Api.Answer>();
    Await.await(
        "nothing else runs",
        PATIENCE,
        () -> answers.add(Api.call("POST", path, body)) && answers.getLast().status() != 409);
    var begun = answers.getLast();
    assertEquals(201, begun.status(), begun.body());
    return begun.json().path("num").asInt();
  }

  /// All backups and restores of the app.
  JsonNode transfers() {
    return Api.get("/client/v11/apps/" + app.name() + "/transfers").json();
  }

  /// One of them, when it has ended.
  JsonNode await(int number) {
    return await(number, PATIENCE);
  }

  JsonNode await(int number, Duration patience) {
    Await.await("it ends", patience, () -> transfer(number).path("finished_at").isString());
    return transfer(number);
  }

  private JsonNode transfer(int number) {
    return Api.get("/client/v11/apps/" + app.name() + "/transfers/" + number).json();
  }

  JsonNode drill(int number) {
    var path = "/client/v11/apps/" + app.name() + "/transfers/" + number + "/actions/drill";
    var drilled = Api.call("POST", path, "{}");
    assertEquals(200, drilled.status(), drilled.body());
    return drilled.json().path("drill");
  }

  static void assertPasses(JsonNode drill) {
    assertTrue(drill.path("passed").asBoolean(), drill.toString());
  }

  /// What is wrong with the first one's backups; empty where nothing is.
  String health() {
    var path = "/client/v11/databases/" + first + "/backup-health";
    return Api.get(path).json().path("problem").asString();
  }

  @Override
  public void close() {
    app.close();
    Await.await(
        "all are destroyed",
        PATIENCE,
        () -> made.stream().allMatch(name -> Api.get("/addons/" + name).status() == 404));
    Await.await("their data is kept", PATIENCE, () -> made.stream().allMatch(this::isKept));
    made.forEach(name -> Api.call("DELETE", "/postgres/v0/destroyed/" + name, null));
    Await.await("their data is gone", PATIENCE, () -> made.stream().noneMatch(this::isKept));
  }

  private boolean isKept(String name) {
    for (var each : Api.get("/postgres/v0/destroyed").json()) {
      if (each.path("name").asString().equals(name)) {
        return true;
      }
    }
    return false;
  }
}
