package dev.slipway.install;

import dev.slipway.core.Secret;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// An app's schedules through the API, as it tells them. What the API refuses is thrown as
/// `UserError`, in its words.
public final class AppSchedules {
  private final PlatformClient platform;

  /// Schedules behind that API.
  public AppSchedules(String api, Secret key) {
    this.platform = new PlatformClient(api, key);
  }

  /// All of the app's, by name.
  public List<JsonNode> list(String app) {
    return platform.toldList(path(app));
  }

  /// Adds one.
  ///
  /// @param wanted the fields of the API's request
  public JsonNode add(String app, Map<String, Object> wanted) {
    return platform.told("POST", path(app), wanted);
  }

  /// Removes one, with its history.
  public JsonNode remove(String app, String schedule) {
    return platform.told("DELETE", path(app, schedule), null);
  }

  /// Has the clock run it, or no more.
  public JsonNode enable(String app, String schedule, boolean enabled) {
    return platform.told("PATCH", path(app, schedule), Map.of("enabled", enabled));
  }

  /// Runs it now.
  public JsonNode run(String app, String schedule) {
    return platform.told("POST", path(app, schedule) + "/runs", null);
  }

  /// What became of its ticks, newest first.
  public List<JsonNode> runs(String app, String schedule) {
    return platform.toldList(path(app, schedule) + "/runs").reversed();
  }

  /// What a run's dyno wrote.
  ///
  /// @param run its id, or its dyno's name
  public JsonNode log(String app, String schedule, String run) {
    return platform.told(
        "GET", path(app, schedule) + "/runs/" + PlatformClient.segment(run) + "/log", null);
  }

  private static String path(String app) {
    return "/apps/" + PlatformClient.segment(app) + "/schedules";
  }

  private static String path(String app, String schedule) {
    return path(app) + "/" + PlatformClient.segment(schedule);
  }
}
