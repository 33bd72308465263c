package dev.slipway.api;

import dev.slipway.api.model.HostView;
import dev.slipway.api.model.Reference;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.observe.Fleet;
import dev.slipway.rollout.DynoSelection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The hosts of the fleet, and what an administrator does with apps of all owners when hosts come
/// and go. Heroku has no word for it.
final class HostEndpoints {
  private final Apps apps;
  private final Operations operations;
  private final Fleet fleet;

  HostEndpoints(Apps apps, Operations operations, Fleet fleet) {
    this.apps = apps;
    this.operations = operations;
    this.fleet = fleet;
  }

  void mount(Routes routes) {
    routes.get("/hosts", "host", this::list);
    routes.get("/hosts/{host}", "host", this::show);
    routes.post("/dyno-moves", "app", this::move);
  }

  private void list(Call call) {
    requireAdministrator(call);
    call.page(
        Listing.by(fleet.hosts(), "name", Fleet.Host::name).or("id", Fleet.Host::id),
        host -> view(host, null));
  }

  private void show(Call call) {
    requireAdministrator(call);
    var name = call.param("host");
    var host =
        fleet.hosts().stream()
            .filter(each -> each.id().equals(name) || each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that host."));
    var running =
        fleet.dynos(host).stream()
            .flatMap(use -> apps.find(use.app()).map(app -> running(app, use)).stream())
            .toList();
    call.ok(view(host, running));
  }

  private static HostView.Running running(App app, Fleet.Use use) {
    return new HostView.Running(
        new Reference(app.id().value(), app.name().value()),
        use.dyno().toString(),
        use.cpu(),
        use.memoryBytes());
  }

  private static HostView view(Fleet.Host host, @Nullable List<HostView.Running> running) {
    var told = host.figures();
    return new HostView(
        host.id(),
        host.name(),
        host.address(),
        host.state(),
        host.manager() ? "manager" : "worker",
        host.pool(),
        told == null ? "silent" : "up",
        host.engine(),
        host.cpus(),
        host.memoryBytes(),
        host.dynos(),
        told == null
            ? null
            : new HostView.Figures(
                told.cpu(),
                told.memoryUsed(),
                told.memoryTotal(),
                told.diskUsed(),
                told.diskTotal(),
                told.load()),
        running);
  }

  private static void requireAdministrator(Call call) {
    if (!call.account().administrator()) {
      throw UserError.of(ErrorCode.FORBIDDEN, "Only the administrator may do that.");
    }
  }

  /// Replaces the dynos of an app by fresh ones on hosts that take dynos now, and loses no request:
  /// a rollout like any other, which is under way when this answers.
  private void move(Call call) {
    requireAdministrator(call);
    var app = apps.get(call.body().text("app"));
    operations.restart(app, new DynoSelection.All());
    call.accepted(Map.of("app", app.id()));
  }
}
