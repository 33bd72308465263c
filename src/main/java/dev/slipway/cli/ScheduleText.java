package dev.slipway.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Schedules and their runs as people read them.
final class ScheduleText {
  private static final String ROW = "%-16s %-22s %-15s %-20s %-22s %s";
  private static final String RUN = "%-20s %-10s %-6s %-15s %8s  %s";

  private ScheduleText() {}

  static String name(JsonNode schedule) {
    return schedule.path("name").asString("");
  }

  static String nextRun(JsonNode schedule) {
    return schedule.path("next_runs").path(0).asString("-");
  }

  static List<String> list(String app, List<JsonNode> schedules) {
    if (schedules.isEmpty()) {
      return List.of(
          app + " has no schedules. Add one:",
          "  ./slipway schedule add \"every 10 minutes\" -a " + app + " -- COMMAND");
    }
    var lines = new ArrayList<String>();
    lines.add(ROW.formatted("name", "when", "zone", "next", "last", "command"));
    schedules.forEach(each -> lines.add(row(each)));
    return lines;
  }

  private static String row(JsonNode schedule) {
    return ROW.formatted(
        name(schedule),
        schedule.path("schedule").asString(""),
        schedule.path("zone").asString(""),
        schedule.path("enabled").asBoolean() ? nextRun(schedule) : "disabled",
        end(schedule.path("last_run")),
        schedule.path("command").asString(""));
  }

  /// How a run ended, such as `failed (3)`.
  private static String end(JsonNode run) {
    var status = run.path("exit_status");
    var state = run.path("state").asString("-");
    return state.equals("failed") ? state + " (" + status.asInt() + ")" : state;
  }

  static List<String> history(String name, List<JsonNode> runs) {
    if (runs.isEmpty()) {
      return List.of(name + " has not run yet.");
    }
    var lines = new ArrayList<String>();
    lines.add(RUN.formatted("due", "state", "status", "dyno", "seconds", "note"));
    runs.forEach(run -> lines.add(run(run)));
    return lines;
  }

  private static String run(JsonNode run) {
    return RUN.formatted(
            run.path("due_at").asString(""),
            run.path("state").asString(""),
            run.path("exit_status").isNumber() ? run.path("exit_status").asString() : "-",
            run.path("dyno").path("name").asString("-"),
            seconds(run),
            note(run))
        .stripTrailing();
  }

  private static String seconds(JsonNode run) {
    var started = run.path("started_at").asString("");
    var ended = run.path("ended_at").asString("");
    return started.isEmpty() || ended.isEmpty()
        ? "-"
        : Long.toString(Duration.between(Instant.parse(started), Instant.parse(ended)).toSeconds());
  }

  private static String note(JsonNode run) {
    var note = run.path("note").asString("");
    var ticks = run.path("ticks").asInt(1);
    var words = new ArrayList<String>();
    if (run.path("by_hand").asBoolean()) {
      words.add("by hand");
    }
    if (ticks > 1) {
      words.add(ticks + " runs from then on");
    }
    if (!note.isEmpty()) {
      words.add(note);
    }
    return String.join(": ", words);
  }

  static List<String> log(JsonNode log) {
    var lines = new ArrayList<String>();
    log.path("lines").forEach(line -> lines.add(line.asString("")));
    return lines.isEmpty() ? List.of("The app's log has no lines of it, or none any more.") : lines;
  }
}
