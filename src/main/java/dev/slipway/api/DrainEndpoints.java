package dev.slipway.api;

import dev.slipway.api.model.LogDrainView;
import dev.slipway.api.model.Reference;
import dev.slipway.apps.App;
import dev.slipway.drains.Drain;
import dev.slipway.drains.Drains;

/// An app's log drains, addressed by URL, id or token.
final class DrainEndpoints {
  private final Drains drains;

  DrainEndpoints(Drains drains) {
    this.drains = drains;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/log-drains", "log_drain", this::list);
    routes.post("/apps/{app}/log-drains", "log_drain", this::add);
    routes.get("/apps/{app}/log-drains/{drain}", "log_drain", this::show);
    routes.delete("/apps/{app}/log-drains/{drain}", "log_drain", this::remove);
  }

  private void list(Call call) {
    var app = call.app();
    call.page(
        Listing.by(drains.list(app.id()), "id", (Drain drain) -> drain.id().toString()),
        drain -> view(app, drain));
  }

  private void add(Call call) {
    var app = call.app();
    call.created(view(app, drains.add(app.id(), call.body().text("url"))));
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(view(app, drains.get(app.id(), call.param("drain"))));
  }

  private void remove(Call call) {
    var app = call.app();
    call.ok(view(app, drains.remove(app.id(), call.param("drain"))));
  }

  private static LogDrainView view(App app, Drain drain) {
    return new LogDrainView(
        null,
        new Reference(app.id().value(), app.name().value()),
        Views.seconds(drain.createdAt()),
        drain.id(),
        drain.token(),
        Views.seconds(drain.createdAt()),
        drain.target().url().toString());
  }
}
