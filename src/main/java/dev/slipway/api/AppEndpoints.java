package dev.slipway.api;

import dev.slipway.api.model.Reference;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppName;

/// Apps: made, listed, shown, changed and destroyed.
final class AppEndpoints {
  private final Apps apps;
  private final Operations operations;
  private final Views views;

  AppEndpoints(Apps apps, Operations operations, Views views) {
    this.apps = apps;
    this.operations = operations;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.post("/apps", "app", this::create);
    routes.get("/apps", "app", this::list);
    routes.get(
        "/users/{user}/apps",
        "app",
        call -> {
          AccountEndpoints.requireSelf(call);
          list(call);
        });
    routes.get("/apps/{app}", "app", call -> call.ok(views.app(call.app())));
    routes.patch("/apps/{app}", "app", this::change);
    routes.delete("/apps/{app}", "app", this::destroy);
  }

  private void create(Call call) {
    var body = call.body();
    requireOurs(body);
    var name = body.optionalText("name").map(AppName::new).orElse(null);
    call.created(views.app(operations.create(name, call.account().id())));
  }

  private void list(Call call) {
    call.page(
        Listing.by(
                AppAccess.list(apps, call.account().id()), "name", (App app) -> app.name().value())
            .or("id", app -> app.id().toString()),
        views.apps());
  }

  private void change(Call call) {
    var app = call.app();
    var body = call.body();
    requireOurs(body);
    var name = body.optionalText("name").map(AppName::new);
    var maintenance = body.optionalFlag("maintenance");
    if (name.isPresent() && !name.get().equals(app.name())) {
      app = operations.rename(call.ownApp(), name.get());
    }
    if (maintenance.isPresent() && maintenance.get() != app.maintenance()) {
      app = operations.setMaintenance(app, maintenance.get());
    }
    call.ok(views.app(app));
  }

  private void destroy(Call call) {
    var app = call.ownApp();
    var shown = views.app(app);
    operations.destroy(app);
    call.ok(shown);
  }

  /// What can't be had here is refused rather than passed over.
  static void requireOurs(Body body) {
    requireOnly(body, "region", Platform.REGION);
    requireOnly(body, "stack", Platform.STACK);
    requireOnly(body, "build_stack", Platform.STACK);
    for (var field : new String[] {"team", "organization", "space"}) {
      if (body.has(field)) {
        throw Body.invalid("There are no " + field + "s here; leave out " + field + ".");
      }
    }
  }

  private static void requireOnly(Body body, String field, Reference ours) {
    var asked = body.optionalText(field);
    if (asked.isPresent() && !Platform.means(ours, asked.get())) {
      throw Body.invalid(
          "Couldn't find that " + field + ". The only one here is " + ours.name() + ".");
    }
  }
}
