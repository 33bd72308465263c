package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the command asks of backups, through the API. What the API refuses is thrown as
/// `UserError`, in its words.
public final class BackupCommands {
  private static final Duration PATIENCE = Duration.ofHours(4);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final DatabaseCommands databases;

  BackupCommands(DatabaseCommands databases) {
    this.databases = databases;
  }

  /// A backup or a restore.
  ///
  /// @param state a word for people
  /// @param drill what its last drill said, a line each; empty where there was none
  /// @param trusted whether that drill passed
  public record Line(
      String name,
      String database,
      String createdAt,
      String state,
      boolean failed,
      long storedBytes,
      List<String> drill,
      boolean trusted) {
    /// Copies the list.
    public Line {
      drill = List.copyOf(drill);
    }
  }

  /// The app's, oldest first.
  public List<Line> list(String app) {
    return databases
        .send("GET", transfers(app), null)
        .valueStream()
        .map(BackupCommands::line)
        .toList();
  }

  /// One of them.
  public Line get(String app, String called) {
    return line(databases.send("GET", transfers(app) + "/" + called, null));
  }

  /// Takes a backup, and returns when it has ended.
  public Line capture(String app, @Nullable String database) {
    return await(app, databases.send("POST", database(app, database) + "/backups", null));
  }

  /// Restores the backup into a server that is thrown away, and looks at it there.
  public Line drill(String app, @Nullable String called) {
    var meant = called == null ? newest(app) : called;
    var path = transfers(app) + "/" + meant + "/actions/drill";
    return line(databases.send("POST", path, null, PATIENCE));
  }

  private String newest(String app) {
    return list(app).stream()
        .filter(each -> each.state().equals("completed") && !each.name().startsWith("r"))
        .reduce((_, later) -> later)
        .map(Line::name)
        .orElseThrow(() -> none(app));
  }

  private static UserError none(String app) {
    return new UserError(
        new Problem(
            ErrorCode.NOT_FOUND,
            app + " has no backup",
            null,
            "slipway pg backups capture -a " + app + " takes one"));
  }

  /// Has drills ask the database this; empty for nothing.
  public void ask(String app, @Nullable String database, String query) {
    databases.send("POST", database(app, database) + "/backup-query", Map.of("query", query));
  }

  /// What is wrong with the database's backups; empty for nothing.
  public String problem(String app, @Nullable String database) {
    return databases
        .send("GET", database(app, database) + "/backup-health", null)
        .path("problem")
        .asString("");
  }

  /// Makes a new database that is as the app's was at that time.
  ///
  /// @param host which has the backups, if it is not the database's own
  /// @return its name, when it can be used
  public String restoreBeside(
      String app, @Nullable String database, Instant at, @Nullable String host) {
    var source = databases.addon(app, database);
    var found = databases.send("GET", "/addons/" + source, null);
    var options = new HashMap<String, String>();
    options.put("restore", found.path("name").asString(""));
    options.put("at", at.toString());
    if (host != null) {
      options.put("host", host);
    }
    var body = Map.of("plan", found.path("plan").path("name").asString(""), "config", options);
    var name = databases.send("POST", "/apps/" + app + "/addons", body).path("name").asString("");
    databases.await(app, name, PATIENCE);
    return name;
  }

  /// Puts the database itself back to that time.
  ///
  /// @param confirm the app's name
  public Line restoreInto(
      String app, @Nullable String database, Instant at, @Nullable String confirm) {
    var body = new HashMap<String, Object>(Map.of("at", at.toString()));
    if (confirm != null) {
      body.put("confirm", confirm);
    }
    return await(app, databases.send("POST", database(app, database) + "/restores", body));
  }

  private Line await(String app, JsonNode begun) {
    var name = begun.path("name").asString("");
    Waiting.until(PATIENCE, PAUSE, () -> !get(app, name).state().equals("running"));
    return get(app, name);
  }

  private String database(String app, @Nullable String database) {
    return "/client/v11/databases/" + databases.addon(app, database);
  }

  private static String transfers(String app) {
    return "/client/v11/apps/" + app + "/transfers";
  }

  private static Line line(JsonNode it) {
    var isRestore = it.path("to_type").asString("").equals("pg_restore");
    var drill = it.path("drill");
    var report = new ArrayList<String>();
    drill.path("report").forEach(line -> report.add(line.asString("")));
    return new Line(
        it.path("name").asString(""),
        it.path(isRestore ? "to_name" : "from_name").asString(""),
        it.path("created_at").asString(""),
        state(it),
        it.path("finished_at").isString() && !it.path("succeeded").asBoolean(false),
        it.path("processed_bytes").asLong(0),
        report,
        drill.path("passed").asBoolean(false));
  }

  private static String state(JsonNode it) {
    if (!it.path("finished_at").isString()) {
      return "running";
    }
    if (it.path("succeeded").asBoolean(false)) {
      return "completed";
    }
    return it.path("canceled_at").isString()
        ? "canceled"
        : "failed: " + it.path("logs").path(0).path("message").asString("");
  }
}
