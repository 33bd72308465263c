package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.apps.Apps;
import dev.slipway.postgres.Database;
import dev.slipway.postgres.Databases;
import dev.slipway.postgres.DiskRoom;
import dev.slipway.postgres.PostgresReport;
import dev.slipway.postgres.Standbys;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the stock client asks Heroku's data API of databases, and reports that it would ask the
/// database itself if it could reach it.
final class PostgresEndpoints {
  private static final String RESOURCE = "database";
  private static final String CLIENT = "/client/v11/databases/{database}";
  private static final String CREDENTIALS = "/postgres/v0/databases/{database}/credentials";

  private final Addons addons;
  private final AddonAccess access;
  private final Databases databases;

  PostgresEndpoints(Addons addons, Apps apps, Databases databases) {
    this.addons = addons;
    this.access = new AddonAccess(addons, apps);
    this.databases = databases;
  }

  void mount(Routes routes) {
    routes.get(CLIENT, RESOURCE, this::info);
    routes.get(CLIENT + "/wait_status", RESOURCE, this::waitStatus);
    routes.post(CLIENT + "/connection_reset", RESOURCE, this::resetConnections);
    routes.put(CLIENT + "/reset", RESOURCE, this::reset);
    routes.post(CLIENT + "/reports", RESOURCE, this::report);
    routes.get(CREDENTIALS, RESOURCE, this::credentials);
    routes.get(CREDENTIALS + "/{credential}", RESOURCE, this::credential);
    routes.post(
        CREDENTIALS + "/{credential}/credentials_rotation",
        RESOURCE,
        call -> {
          requireDefault(call);
          rotate(call);
        });
    routes.post("/postgres/v0/databases/{database}/credentials_rotation", RESOURCE, this::rotate);
    routes.get("/postgres/v0/destroyed", RESOURCE, this::destroyed);
    routes.get("/postgres/v0/troubles", RESOURCE, this::troubles);
    routes.delete("/postgres/v0/destroyed/{database}", RESOURCE, this::erase);
  }

  private Addon addon(Call call) {
    return access.addon(call, call.param("database"));
  }

  private void info(Call call) {
    var addon = addon(call);
    var database = databases.of(addon);
    var away = databases.away(database);
    var info = new ArrayList<Map<String, Object>>();
    line(info, "Plan", database.plan().label());
    line(info, "Status", away.map(it -> "Away: " + it.why()).orElseGet(() -> status(database)));
    databases.lowRoom(database).ifPresent(room -> line(info, "Disk", room.sentence()));
    away.ifPresent(it -> {
      line(info, "Away with it", it.lost());
      line(info, "Next", it.next());
    });
    if (away.isEmpty() && isUsable(database)) {
      PostgresReport.info(databases, addon).forEach((name, value) -> line(info, name, value));
    }
    line(info, "Host", databases.host(database));
    var standby = databases.standbys().report(database);
    standby.ifPresent(it -> line(info, "Standby", text(it)));
    line(info, "Pooling", "PgBouncer, " + database.plan().pooled() + " server connections");
    line(info, "Created", database.createdAt().toString());
    var answer = new TreeMap<String, Object>();
    answer.put("info", info);
    answer.put("resource_url", database.pooledUrl().reveal());
    answer.put("name", addon.name());
    answer.put("plan", database.plan().label());
    if (!database.isOutside()) {
      answer.put("node", database.node());
      answer.put("server", database.server());
      answer.put("database", database.databaseName());
      answer.put("role", database.role());
    }
    standby.ifPresent(it -> answer.put("standby", StandbyEndpoints.view(it)));
    away.ifPresent(
        it -> answer.put("away", Map.of("why", it.why(), "lost", it.lost(), "next", it.next())));
    call.ok(answer);
  }

  private static String text(Standbys.Report standby) {
    var lag = standby.lagBytes() < 0 ? "" : ", " + standby.lagBytes() + " bytes behind";
    var problem = standby.problem().isEmpty() ? "" : " (" + standby.problem() + ")";
    return "on " + standby.host() + ", " + standby.state() + lag + problem;
  }

  private static void line(List<Map<String, Object>> info, String name, String value) {
    info.add(Map.of("name", name, "values", List.of(value)));
  }

  private static boolean isUsable(Database database) {
    return database.stage() == Database.Stage.READY && !database.isTakenOver();
  }

  private static String status(Database database) {
    return switch (database.stage()) {
      case READY -> isUsable(database) ? "Available" : "Its standby takes over";
      case MAKING -> "Preparing";
      case FAILED -> "Failed: " + database.problem();
      case KEPT -> "Destroyed";
    };
  }

  private void waitStatus(Call call) {
    var stage = databases.find(addon(call)).map(Database::stage);
    var ready = stage.equals(Optional.of(Database.Stage.READY));
    var failed = stage.equals(Optional.of(Database.Stage.FAILED));
    call.ok(
        Map.of(
            "waiting?",
            !ready && !failed,
            "error?",
            failed,
            "message",
            ready ? "available" : failed ? "it can't be had" : "preparing"));
  }

  private void resetConnections(Call call) {
    PostgresReport.KILL_ALL.of(databases, addon(call), 0);
    call.ok(Map.of("message", "Connections terminated."));
  }

  private void reset(Call call) {
    databases.reset(addon(call));
    call.ok(Map.of("message", "Reset successful."));
  }

  private void report(Call call) {
    var body = call.body();
    var pid = body.optionalText("pid").map(Integer::parseUnsignedInt).orElse(0);
    var text = PostgresReport.named(body.text("report")).of(databases, addon(call), pid);
    call.ok(Map.of("text", text));
  }

  private void credentials(Call call) {
    call.ok(List.of(credential(databases.of(addon(call)))));
  }

  private void credential(Call call) {
    requireDefault(call);
    call.ok(credential(databases.of(addon(call))));
  }

  private static void requireDefault(Call call) {
    if (!call.param("credential").equals("default")) {
      throw Body.invalid("Databases have one credential here: default.");
    }
  }

  private static Map<String, Object> credential(Database database) {
    var url = URI.create(database.directUrl().reveal());
    var login = database.login();
    return Map.of(
        "name",
        "default",
        "state",
        "active",
        "database",
        url.getPath().substring(1),
        "host",
        url.getHost(),
        "port",
        url.getPort(),
        "credentials",
        List.of(
            Map.of(
                "user",
                login.user(),
                "password",
                login.password().reveal(),
                "state",
                "active",
                "connections",
                0)));
  }

  private void rotate(Call call) {
    databases.rotate(addon(call), addons, call.account().id());
    call.ok(Map.of("message", "The credentials were rotated."));
  }

  private void erase(Call call) {
    databases.erase(call.account().id(), call.param("database"));
    call.ok(Map.of("message", "It is deleted now."));
  }

  /// What an operator should see to: databases that are away, or whose disk is nearly full.
  private void troubles(Call call) {
    var theirs = access.addons(call).stream().map(Addon::id).toList();
    call.ok(
        databases.inUse().stream()
            .filter(each -> call.account().administrator() || theirs.contains(each.addon()))
            .flatMap(each ->
                trouble(each).stream()
                    .map(trouble -> Map.of("name", each.name(), "trouble", trouble)))
            .toList());
  }

  /// As webhooks tell it.
  static Map<String, Object> view(DiskRoom room) {
    return Map.of(
        "id", room.id(),
        "name", room.name(),
        "host", room.host(),
        "disk_free_mb", room.freeMegabytes(),
        "read_only", room.low(),
        "message", room.sentence());
  }

  private Optional<String> trouble(Database database) {
    return databases
        .away(database)
        .map(away -> "away, because " + away.why())
        .or(() -> databases.lowRoom(database).map(DiskRoom::sentence));
  }

  private void destroyed(Call call) {
    call.ok(
        databases.destroyed(call.account().id()).stream()
            .map(each ->
                Map.of(
                    "id", each.id(),
                    "name", each.name(),
                    "plan", each.plan().label(),
                    "host", databases.host(each),
                    "kept_until", each.keptUntil().toString()))
            .toList());
  }
}
