package dev.slipway.api;

import dev.slipway.api.model.Reference;
import dev.slipway.api.model.ScheduleRunView;
import dev.slipway.api.model.ScheduleView;
import dev.slipway.apps.App;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.observe.LogFilter;
import dev.slipway.observe.LogLine;
import dev.slipway.observe.Logs;
import dev.slipway.schedules.Overlap;
import dev.slipway.schedules.Run;
import dev.slipway.schedules.Schedule;
import dev.slipway.schedules.ScheduleRequest;
import dev.slipway.schedules.Schedules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An app's schedules, and what became of their ticks. Heroku has no word for it in its API: there
/// an add-on of its own does it.
final class ScheduleEndpoints {
  private static final int NEXT_SHOWN = 3;
  private static final int LINES_SHOWN = 1000;

  private final Schedules schedules;
  private final Logs logs;

  ScheduleEndpoints(Schedules schedules, Logs logs) {
    this.schedules = schedules;
    this.logs = logs;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/schedules", "schedule", this::list);
    routes.post("/apps/{app}/schedules", "schedule", this::add);
    routes.get("/apps/{app}/schedules/{schedule}", "schedule", this::show);
    routes.patch("/apps/{app}/schedules/{schedule}", "schedule", this::update);
    routes.delete("/apps/{app}/schedules/{schedule}", "schedule", this::remove);
    routes.post("/apps/{app}/schedules/{schedule}/runs", "schedule_run", this::run);
    routes.get("/apps/{app}/schedules/{schedule}/runs", "schedule_run", this::runs);
    routes.get("/apps/{app}/schedules/{schedule}/runs/{run}/log", "schedule_run", this::log);
  }

  private void list(Call call) {
    var app = call.app();
    call.page(
        Listing.by(schedules.list(app.id()), "name", Schedule::name)
            .or("id", schedule -> schedule.id().toString()),
        schedule -> view(app, schedule));
  }

  private void add(Call call) {
    var app = call.app();
    call.created(view(app, schedules.add(app, request(call.body()))));
  }

  private static ScheduleRequest request(Body body) {
    return new ScheduleRequest(
        body.optionalText("name").orElse(null),
        body.text("schedule"),
        body.optionalText("zone").orElse(null),
        OneOffBody.command(body),
        body.optionalText("size").map(DynoSize::of).orElse(DynoSize.STANDARD_1X),
        body.optionalText("overlap").map(Overlap::of).orElse(Overlap.SKIP),
        body.optionalInteger("grace").map(Duration::ofSeconds).orElse(ScheduleRequest.USUAL_GRACE));
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(view(app, schedule(call, app)));
  }

  private void update(Call call) {
    var app = call.app();
    var enabled =
        call.body().optionalFlag("enabled").orElseThrow(() -> Body.invalid("Missing enabled."));
    call.ok(view(app, schedules.enable(app.id(), call.param("schedule"), enabled)));
  }

  private void remove(Call call) {
    var app = call.app();
    var shown = view(app, schedule(call, app));
    schedules.remove(app.id(), call.param("schedule"));
    call.ok(shown);
  }

  private void run(Call call) {
    var app = call.app();
    call.created(view(schedules.run(app, call.param("schedule"))));
  }

  private void runs(Call call) {
    call.page(
        Listing.by(
                schedules.runs(schedule(call, call.app())),
                "due_at",
                (Run run) -> run.dueAt() + " " + run.id())
            .or("id", run -> run.id().toString()),
        ScheduleEndpoints::view);
  }

  /// What its dyno wrote and what the platform said of it, as far as the app's log still has it. A
  /// dyno of the same name may have run before.
  private void log(Call call) {
    var app = call.app();
    var run =
        schedules.runs(schedule(call, app)).stream()
            .filter(each ->
                each.id().toString().equals(call.param("run"))
                    || call.param("run").equals(each.dyno()))
            .findFirst()
            .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that run."));
    var lines =
        run.dyno() == null
            ? List.<LogLine>of()
            : logs.recent(app.id(), new LogFilter(run.dyno(), null), LINES_SHOWN).stream()
                .filter(line -> !line.time().isBefore(run.dueAt()))
                .toList();
    call.ok(
        Map.of(
            "run",
            view(run),
            "lines",
            lines.stream()
                .map(line -> line.time() + " " + line.source() + " " + line.text())
                .toList()));
  }

  private Schedule schedule(Call call, App app) {
    return schedules.get(app.id(), call.param("schedule"));
  }

  private ScheduleView view(App app, Schedule schedule) {
    return new ScheduleView(
        new Reference(app.id().value(), app.name().value()),
        schedule.command(),
        Views.seconds(schedule.createdAt()),
        schedule.when().cron(),
        schedule.enabled(),
        schedule.grace().toSeconds(),
        schedule.id(),
        schedules.runs(schedule).stream().findFirst().map(ScheduleEndpoints::view).orElse(null),
        schedule.name(),
        nextRuns(schedule),
        schedule.overlap().word(),
        schedule.told(),
        schedule.size().label(),
        Views.seconds(schedule.updatedAt()),
        schedule.when().zone().normalized().toString().equals("Z")
            ? "UTC"
            : schedule.when().zone().getId());
  }

  private static List<Instant> nextRuns(Schedule schedule) {
    var next = new ArrayList<Instant>();
    var after = schedule.nextAt();
    while (after != null && next.size() < NEXT_SHOWN) {
      next.add(after);
      after = schedule.when().after(after).orElse(null);
    }
    return next;
  }

  private static ScheduleRunView view(Run run) {
    return new ScheduleRunView(
        run.byHand(),
        Views.seconds(run.dueAt()),
        run.dyno() == null ? null : new ScheduleRunView.DynoReference(run.dynoId(), run.dyno()),
        run.endedAt(),
        run.status(),
        run.id(),
        run.note().isEmpty() ? null : run.note(),
        run.startedAt(),
        run.state().word(),
        run.ticks());
  }
}
