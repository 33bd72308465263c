package dev.slipway.api;

import dev.slipway.apps.App;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.oneoff.OneOffStart;
import dev.slipway.oneoff.OneOffs;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.DynoView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Dynos: listed, shown, restarted, and run once. A stopped dyno comes back, as on Heroku, so
/// stopping is restarting; but a one-off dyno is gone for good.
final class DynoEndpoints {
  /// Sent by `slipway --host` where the tunnel does not lead through the same port.
  private static final String TUNNEL_PORT = "Slipway-Rendezvous-Port";

  private final Operations operations;
  private final OneOffs oneOffs;
  private final Views views;

  DynoEndpoints(Operations operations, OneOffs oneOffs, Views views) {
    this.operations = operations;
    this.oneOffs = oneOffs;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/dynos", "dyno", this::list);
    routes.post("/apps/{app}/dynos", "dyno", this::run);
    routes.delete(
        "/apps/{app}/dynos", "dyno", call -> restart(call, call.app(), new DynoSelection.All()));
    routes.get("/apps/{app}/dynos/{dyno}", "dyno", this::show);
    routes.post("/apps/{app}/dynos/{dyno}", "dyno", this::runInside);
    routes.delete("/apps/{app}/dynos/{dyno}", "dyno", this::restartOne);
    routes.post("/apps/{app}/dynos/{dyno}/actions/stop", "dyno", this::stopOne);
    routes.post("/apps/{app}/dynos/{dyno}/actions/restart", "dyno", this::restartOne);
    routes.delete("/apps/{app}/formations/{type}", "formation", this::restartType);
    routes.post("/apps/{app}/formations/{type}/actions/stop", "formation", this::stopType);
  }

  private void list(Call call) {
    var app = call.app();
    var all = new ArrayList<>(operations.dynos(app.id()));
    all.addAll(oneOffs.list(app.id()));
    call.page(
        Listing.by(all, "name", (DynoView dyno) -> dyno.name().toString())
            .or("id", dyno -> dyno.id().toString()),
        dyno -> views.dyno(app, dyno));
  }

  private void run(Call call) {
    var app = call.app();
    created(call, app, oneOffs.start(app, OneOffBody.read(call.body())));
  }

  private void runInside(Call call) {
    var app = call.app();
    var request = OneOffBody.readAttached(call.body());
    created(call, app, oneOffs.startInside(app, dyno(app, call.param("dyno")), request));
  }

  private void created(Call call, App app, OneOffStart start) {
    var url = reachable(start.attachUrl(), call.header(TUNNEL_PORT));
    call.created(views.dyno(app, start.dyno(), url));
  }

  /// The address as the client reaches it: its end of a tunnel can be another port than ours.
  static @Nullable String reachable(@Nullable String url, @Nullable String port) {
    return url == null || port == null || !port.matches("[1-9][0-9]{0,4}")
        ? url
        : url.replaceFirst("(?<=localhost:)[0-9]+", port);
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(views.dyno(app, dyno(app, call.param("dyno"))));
  }

  /// The dyno of that name or id, whether it is of the formation or runs once.
  private DynoView dyno(App app, String name) {
    return find(operations.dynos(app.id()), name)
        .or(() -> oneOff(app, name))
        .orElseThrow(DynoEndpoints::none);
  }

  private void stopOne(Call call) {
    var app = call.app();
    var oneOff = oneOff(app, call.param("dyno"));
    if (oneOff.isPresent()) {
      oneOffs.stop(app.id(), new DynoSelection.One(oneOff.get().name()));
      call.accepted(Map.of());
    } else {
      restartOne(call);
    }
  }

  /// Also takes a bare type, as older clients send it.
  private void restartOne(Call call) {
    var app = call.app();
    var name = call.param("dyno");
    var dynos = operations.dynos(app.id());
    if (dynos.stream().anyMatch(dyno -> dyno.name().type().value().equals(name))) {
      restart(call, app, new DynoSelection.OfType(new ProcessType(name)));
      return;
    }
    var dyno = find(dynos, name);
    if (dyno.isEmpty() && oneOff(app, name).isPresent()) {
      throw runsOnce(name);
    }
    restart(
        call,
        app,
        new DynoSelection.One(dyno.map(DynoView::name).orElseThrow(DynoEndpoints::none)));
  }

  private void stopType(Call call) {
    var app = call.app();
    var type = call.param("type");
    var once = oneOffs.list(app.id()).stream().anyMatch(dyno -> isOf(type, dyno));
    if (once) {
      oneOffs.stop(app.id(), new DynoSelection.OfType(new ProcessType(type)));
    }
    if (!once || operations.dynos(app.id()).stream().anyMatch(dyno -> isOf(type, dyno))) {
      restartType(call);
    } else {
      call.accepted(Map.of());
    }
  }

  private void restartType(Call call) {
    var app = call.app();
    var type = call.param("type");
    if (operations.dynos(app.id()).stream().noneMatch(dyno -> isOf(type, dyno))) {
      throw none();
    }
    restart(call, app, new DynoSelection.OfType(new ProcessType(type)));
  }

  private void restart(Call call, App app, DynoSelection selection) {
    operations.restart(app, selection);
    call.accepted(Map.of());
  }

  private Optional<DynoView> oneOff(App app, String nameOrId) {
    return find(oneOffs.list(app.id()), nameOrId);
  }

  private static Optional<DynoView> find(List<DynoView> dynos, String nameOrId) {
    return dynos.stream()
        .filter(dyno ->
            dyno.name().toString().equals(nameOrId) || dyno.id().toString().equals(nameOrId))
        .findFirst();
  }

  private static boolean isOf(String type, DynoView dyno) {
    return dyno.name().type().value().equals(type);
  }

  private static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that process.");
  }

  private static UserError runsOnce(String name) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            name + " can't be restarted",
            "a one-off dyno runs once",
            "heroku ps:stop " + name + " ends it"));
  }
}
