package dev.slipway.cli;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.install.AppSchedules;
import dev.slipway.install.Installation;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `slipway schedule`: commands that the clock runs.
@Command(
    name = "schedule",
    description = {
      "Runs commands of an app by the clock, each time in a one-off dyno of its own.",
      "",
      "WHEN is what Heroku Scheduler says, or five fields of cron:",
      "  \"every 10 minutes\"       at :00, :10, :20 and so on; any number that divides 60",
      "  \"hourly at :30\"          in every hour, at that minute",
      "  \"daily at 04:30 UTC\"     once a day",
      "  \"0 9 * * 1-5\"            minute, hour, day of the month, month, day of the week",
      "",
      "Times are UTC, or those of a place: --zone Europe/Berlin. On the day when clocks change, what"
          + " is due at certain hours still runs once: a time that the day has twice counts the first"
          + " time, a time that it has not comes an hour later. What is due in every hour goes by the"
          + " time that passes.",
      "",
      "A tick never runs twice, also when control dies in the midst of it. One that could not be"
          + " started in time, because control was down or there was no room, is run late within its"
          + " grace, else reported as missed."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ScheduleCommand.Add.class,
      ScheduleCommand.ListSchedules.class,
      ScheduleCommand.Remove.class,
      ScheduleCommand.Enable.class,
      ScheduleCommand.Disable.class,
      ScheduleCommand.RunNow.class,
      ScheduleCommand.History.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./slipway schedule add \"*/10 * * * *\" -a shop -- npm run sync",
      "  ./slipway schedule add \"daily at 04:30\" --zone Europe/Berlin --name report -a shop -- worker"
          + " --report",
      "  ./slipway schedule list -a shop",
      "  ./slipway schedule history report -a shop",
      "  ./slipway schedule history report --run scheduler.4711 -a shop"
    })
public final class ScheduleCommand implements Runnable {
  private final Supplier<AppSchedules> schedules;
  private final PrintStream out;

  @Spec private @Nullable CommandSpec spec;

  /// For the apps of this machine. Made by picocli.
  public ScheduleCommand() {
    this(ScheduleCommand::ofThisMachine, System.out);
  }

  /// For other apps.
  public ScheduleCommand(Supplier<AppSchedules> schedules, PrintStream out) {
    this.schedules = schedules;
    this.out = out;
  }

  /// Without a command there is only help to give.
  @Override
  public void run() {
    requireNonNull(spec).commandLine().usage(out);
  }

  private static AppSchedules ofThisMachine() {
    try (var installation = Installation.ofThisMachine()) {
      return installation.schedules();
    }
  }

  /// Something that is done for one app.
  abstract static class OfApp implements Runnable {
    @ParentCommand private @Nullable ScheduleCommand parent;

    @Option(
        names = {"-a", "--app"},
        paramLabel = "APP",
        defaultValue = "${env:HEROKU_APP}",
        description = "The app; else what HEROKU_APP says.")
    private @Nullable String app;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public final void run() {
      if (app == null || app.isEmpty()) {
        throw new UserError(
            new Problem(
                ErrorCode.INVALID_PARAMS,
                "Which app?",
                "neither --app nor HEROKU_APP names one",
                "Add -a APP, before the -- where there is one"));
      }
      run(requireNonNull(parent).schedules.get(), app);
    }

    abstract void run(AppSchedules schedules, String app);

    final void say(JsonNode answer, List<String> lines) {
      say(json ? List.of(Json.of(answer)) : lines);
    }

    final void say(List<JsonNode> answers, List<String> lines) {
      say(json ? List.of(Json.of(answers)) : lines);
    }

    private void say(List<String> lines) {
      lines.forEach(requireNonNull(parent).out::println);
    }
  }

  /// Something that is done with one schedule.
  abstract static class OfSchedule extends OfApp {
    @Parameters(paramLabel = "NAME", description = "The schedule's name, as `list` shows it.")
    private String name = "";

    @Override
    final void run(AppSchedules schedules, String app) {
      run(schedules, app, name);
    }

    abstract void run(AppSchedules schedules, String app, String name);
  }

  /// `slipway schedule add`.
  @Command(
      name = "add",
      description = {
        "Adds a schedule. What follows -- is run as `heroku run` would: a command, or one whose first"
            + " word is a process type.",
        "WHEN is \"every 10 minutes\", \"hourly at :30\", \"daily at 04:30 UTC\", or five fields of"
            + " cron; `slipway help schedule` says more."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer =
          "  ./slipway schedule add \"hourly at :30\" --overlap replace --size standard-2x -a shop --"
              + " npm run sync")
  static final class Add extends OfApp {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    @Parameters(index = "0", paramLabel = "WHEN", description = "When, in quotes.")
    private String when = "";

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "COMMAND",
        description = "What to run.")
    private List<String> command = List.of();

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "What to call it; else job-1, job-2 and so on.")
    private @Nullable String name;

    @Option(
        names = "--zone",
        paramLabel = "ZONE",
        description = "Whose clocks count, such as Europe/Berlin; else UTC.")
    private @Nullable String zone;

    @Option(
        names = "--size",
        paramLabel = "SIZE",
        description = "The dyno's size; else standard-1x.")
    private @Nullable String size;

    @Option(
        names = "--overlap",
        paramLabel = "POLICY",
        description =
            "What to do while the run before goes on: skip (else), allow both, or replace it.")
    private @Nullable String overlap;

    @Option(
        names = "--grace",
        paramLabel = "TIME",
        converter = TimeSpan.class,
        description = "How late a run may start, 1m to 24h; else 10m. Later ones are missed.")
    private @Nullable Duration grace;

    @Override
    void run(AppSchedules schedules, String app) {
      var wanted = new LinkedHashMap<String, Object>();
      wanted.put("schedule", when);
      wanted.put("command", shellCommand());
      put(wanted, "name", name);
      put(wanted, "zone", zone);
      put(wanted, "size", size);
      put(wanted, "overlap", overlap);
      put(wanted, "grace", grace == null ? null : Math.toIntExact(grace.toSeconds()));
      var added = schedules.add(app, wanted);
      say(
          added,
          List.of(
              ScheduleText.name(added)
                  + " runs `"
                  + added.path("command").asString()
                  + "` first at "
                  + ScheduleText.nextRun(added)
                  + "."));
    }

    /// One argument is a line for the shell; of several each stays what it is.
    private String shellCommand() {
      return command.size() == 1
          ? command.getFirst()
          : command.stream().map(Add::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String argument) {
      return PLAIN.matcher(argument).matches() ? argument : EnvCommand.quoted(argument);
    }

    private static void put(Map<String, Object> wanted, String field, @Nullable Object value) {
      if (value != null) {
        wanted.put(field, value);
      }
    }
  }

  /// `slipway schedule list`.
  @Command(
      name = "list",
      description = "Lists an app's schedules: when each runs next, and how its last run was.",
      mixinStandardHelpOptions = true)
  static final class ListSchedules extends OfApp {
    @Override
    void run(AppSchedules schedules, String app) {
      var all = schedules.list(app);
      say(all, ScheduleText.list(app, all));
    }
  }

  /// `slipway schedule remove`.
  @Command(
      name = "remove",
      description = "Removes a schedule and its history. A run that goes on ends by itself.",
      mixinStandardHelpOptions = true)
  static final class Remove extends OfSchedule {
    @Override
    void run(AppSchedules schedules, String app, String name) {
      say(schedules.remove(app, name), List.of(name + " is removed."));
    }
  }

  /// `slipway schedule enable`.
  @Command(
      name = "enable",
      description = "Has the clock run it again, from its next time on.",
      mixinStandardHelpOptions = true)
  static final class Enable extends OfSchedule {
    @Override
    void run(AppSchedules schedules, String app, String name) {
      var enabled = schedules.enable(app, name, true);
      say(enabled, List.of(name + " runs next at " + ScheduleText.nextRun(enabled) + "."));
    }
  }

  /// `slipway schedule disable`.
  @Command(
      name = "disable",
      description = "Keeps the clock from running it. `run` still does.",
      mixinStandardHelpOptions = true)
  static final class Disable extends OfSchedule {
    @Override
    void run(AppSchedules schedules, String app, String name) {
      say(
          schedules.enable(app, name, false),
          List.of(name + " is run by the clock no more, until `schedule enable`."));
    }
  }

  /// `slipway schedule run`.
  @Command(
      name = "run",
      description = "Runs it now, in the background, whatever the clock says.",
      mixinStandardHelpOptions = true)
  static final class RunNow extends OfSchedule {
    @Override
    void run(AppSchedules schedules, String app, String name) {
      var run = schedules.run(app, name);
      var dyno = run.path("dyno").path("name").asString("-");
      say(
          run,
          List.of(
              name + " runs as " + dyno + ".",
              "Its lines: ./slipway heroku logs --tail --dyno-name " + dyno + " -a " + app,
              "Its end:   ./slipway schedule history " + name + " -a " + app));
    }
  }

  /// `slipway schedule history`.
  @Command(
      name = "history",
      description = {
        "Shows what became of a schedule's ticks, newest first, with exit statuses: the newest"
            + " hundred.",
        "With --run, what that run wrote, as far as the app's log still has it."
      },
      mixinStandardHelpOptions = true)
  static final class History extends OfSchedule {
    @Option(
        names = "--run",
        paramLabel = "RUN",
        description = "A run, by its dyno such as scheduler.4711, or by its id: show its lines.")
    private @Nullable String run;

    @Override
    void run(AppSchedules schedules, String app, String name) {
      if (run != null) {
        var log = schedules.log(app, name, run);
        say(log, ScheduleText.log(log));
      } else {
        var runs = schedules.runs(app, name);
        say(runs, ScheduleText.history(name, runs));
      }
    }
  }
}
