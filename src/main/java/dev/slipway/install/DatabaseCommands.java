package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the command asks of databases, through the API. What the API refuses is thrown as
/// `UserError`, in its words.
public final class DatabaseCommands {
  private static final Duration ATTACHED_WITHIN = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final DataServiceClient services;

  /// Databases behind that API.
  public DatabaseCommands(String api, Secret key) {
    this.services = new DataServiceClient(api, key, "postgres", "DATABASE");
  }

  /// Their backups.
  public BackupCommands backups() {
    return new BackupCommands(this);
  }

  /// Their standbys.
  public StandbyCommands standbys() {
    return new StandbyCommands(this);
  }

  /// What the database says to a report, such as `ps`.
  ///
  /// @param database an attachment or an add-on, or null for the app's `DATABASE`
  /// @param pid the backend that is meant, or null
  public String report(String app, @Nullable String database, String report, @Nullable String pid) {
    var body = new HashMap<String, Object>(Map.of("report", report));
    if (pid != null) {
      body.put("pid", pid);
    }
    var path = "/client/v11/databases/" + addon(app, database) + "/reports";
    return send("POST", path, body).path("text").asString("");
  }

  /// Puts the pooler in front of a database that is elsewhere.
  ///
  /// @param authority a certificate in PEM, or null
  /// @return the add-on's name
  public String attach(String app, String plan, String url, @Nullable String authority) {
    var options = new HashMap<String, String>(Map.of("url", url));
    if (authority != null) {
      options.put("authority", authority);
    }
    var body = Map.of("plan", "heroku-postgresql:" + plan, "config", options);
    return send("POST", "/apps/" + app + "/addons", body).path("name").asString("");
  }

  /// Waits until the add-on can be used.
  ///
  /// @throws UserError when it can't be had; it is destroyed then, as nothing came of it
  public void await(String app, String addon) {
    await(app, addon, ATTACHED_WITHIN);
  }

  /// The same, for as long as that. What is still made then is left to be made.
  void await(String app, String addon, Duration patience) {
    var path = "/apps/" + app + "/addons/" + addon;
    if (!Waiting.until(patience, PAUSE, () -> !state(path).equals("provisioning"))) {
      throw notYet(app, addon);
    }
    var end = send("GET", path, null);
    if (!end.path("state").asString("").equals("provisioned")) {
      send("DELETE", path, null);
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The database was not attached",
              end.path("provision_message").asString(""),
              null));
    }
  }

  private static UserError notYet(String app, String addon) {
    return new UserError(
        new Problem(
            ErrorCode.UNAVAILABLE,
            addon + " can't be used yet",
            "it is still made",
            "heroku addons:info " + addon + " -a " + app + " tells how far it is"));
  }

  private String state(String path) {
    return send("GET", path, null).path("state").asString("");
  }

  /// The databases whose data is kept, the last one destroyed first.
  public List<KeptData> destroyed() {
    return services.destroyed();
  }

  /// Has a destroyed database's data deleted now.
  public void erase(String name) {
    services.erase(name);
  }

  /// A command for the host that has a database. It holds no password: whoever may run it is root
  /// there.
  ///
  /// @param host its node's id
  public record OnHost(String host, List<String> command) {
    /// Copies the list.
    public OnHost {
      command = List.copyOf(command);
    }

    private static OnHost of(JsonNode info, String... command) {
      return new OnHost(info.path("node").asString(""), List.of(command));
    }
  }

  /// The command that opens psql at the database.
  ///
  /// @param terminal whether somebody types what it reads
  public OnHost psql(String app, @Nullable String database, boolean terminal) {
    var info = here(app, database, "There is no terminal at a database that is elsewhere", "psql");
    return OnHost.of(
        info,
        "docker",
        "exec",
        terminal ? "-it" : "-i",
        "-e",
        "SLIPWAY_ROLE=" + info.path("role").asString(""),
        info.path("server").asString(""),
        "database-sql",
        "--dbname=" + info.path("database").asString(""));
  }

  /// The command that writes the database as `pg_restore` reads it.
  public OnHost dump(String app, @Nullable String database) {
    var info = here(app, database, "A database that is elsewhere is not dumped here", "pg_dump");
    return OnHost.of(
        info,
        "docker",
        "exec",
        info.path("server").asString(""),
        "backups",
        "dump",
        info.path("database").asString(""));
  }

  /// What is said of the databases that are away, or whose disk is nearly full.
  List<String> troubles() {
    return send("GET", "/postgres/v0/troubles", null)
        .valueStream()
        .map(each -> each.path("name").asString("") + ": " + each.path("trouble").asString(""))
        .toList();
  }

  private JsonNode here(String app, @Nullable String database, String refusal, String instead) {
    var info = send("GET", "/client/v11/databases/" + addon(app, database), null);
    if (info.path("server").asString("").isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              refusal,
              null,
              instead + " with the app's DATABASE_DIRECT_URL reaches it from anywhere that may"));
    }
    requirePresent(info);
    return info;
  }

  private static void requirePresent(JsonNode info) {
    var away = info.path("away");
    if (!away.isMissingNode()) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              info.path("name").asString("") + " is away, because " + away.path("why").asString(""),
              "away with it is " + away.path("lost").asString(""),
              away.path("next").asString("")));
    }
  }

  /// The id of the add-on that is meant.
  String addon(String app, @Nullable String database) {
    return services.addon(app, database);
  }

  JsonNode send(String method, String path, @Nullable Object body) {
    return services.send(method, path, body);
  }

  /// Waits as long as that for the answer.
  JsonNode send(String method, String path, @Nullable Object body, Duration patience) {
    return services.send(method, path, body, patience);
  }
}
