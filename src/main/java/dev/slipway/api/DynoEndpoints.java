package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.DynoView;
import java.util.Map;

/// Dynos: listed, shown, restarted. A stopped dyno comes back, as on Heroku, so stopping is
/// restarting.
final class DynoEndpoints {
  private final Operations operations;
  private final Views views;

  DynoEndpoints(Operations operations, Views views) {
    this.operations = operations;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/dynos", "dyno", this::list);
    routes.post(
        "/apps/{app}/dynos",
        "dyno",
        call -> {
          call.app();
          throw Body.invalid("One-off dynos can't be run here yet.");
        });
    routes.delete(
        "/apps/{app}/dynos", "dyno", call -> restart(call, call.app(), new DynoSelection.All()));
    routes.get("/apps/{app}/dynos/{dyno}", "dyno", this::show);
    routes.delete("/apps/{app}/dynos/{dyno}", "dyno", this::restartOne);
    routes.post("/apps/{app}/dynos/{dyno}/actions/stop", "dyno", this::restartOne);
    routes.post("/apps/{app}/dynos/{dyno}/actions/restart", "dyno", this::restartOne);
    routes.delete("/apps/{app}/formations/{type}", "formation", this::restartType);
    routes.post("/apps/{app}/formations/{type}/actions/stop", "formation", this::restartType);
  }

  private void list(Call call) {
    var app = call.app();
    call.page(
        Listing.by(operations.dynos(app.id()), "name", (DynoView dyno) -> dyno.name().toString())
            .or("id", dyno -> dyno.id().toString()),
        dyno -> views.dyno(app, dyno));
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(views.dyno(app, find(app, call.param("dyno"))));
  }

  /// Also takes a bare type, as older clients send it.
  private void restartOne(Call call) {
    var app = call.app();
    var name = call.param("dyno");
    var dynos = operations.dynos(app.id());
    if (dynos.stream().anyMatch(dyno -> dyno.name().type().value().equals(name))) {
      restart(call, app, new DynoSelection.OfType(new ProcessType(name)));
    } else {
      restart(call, app, new DynoSelection.One(find(app, name).name()));
    }
  }

  private void restartType(Call call) {
    var app = call.app();
    var type = call.param("type");
    if (operations.dynos(app.id()).stream()
        .noneMatch(dyno -> dyno.name().type().value().equals(type))) {
      throw none();
    }
    restart(call, app, new DynoSelection.OfType(new ProcessType(type)));
  }

  private void restart(Call call, App app, DynoSelection selection) {
    operations.restart(app, selection);
    call.accepted(Map.of());
  }

  private DynoView find(App app, String nameOrId) {
    return operations.dynos(app.id()).stream()
        .filter(dyno ->
            dyno.name().toString().equals(nameOrId) || dyno.id().toString().equals(nameOrId))
        .findFirst()
        .orElseThrow(DynoEndpoints::none);
  }

  private static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that process.");
  }
}
