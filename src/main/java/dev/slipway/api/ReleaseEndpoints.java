package dev.slipway.api;

import dev.slipway.release.Release;
import dev.slipway.release.Releases;

/// Releases: listed, shown, rolled back to.
final class ReleaseEndpoints {
  private final Releases releases;
  private final Operations operations;
  private final Views views;

  ReleaseEndpoints(Releases releases, Operations operations, Views views) {
    this.releases = releases;
    this.operations = operations;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/releases", "release", this::list);
    routes.post("/apps/{app}/releases", "release", this::create);
    routes.get("/apps/{app}/releases/{release}", "release", this::show);
    routes.get(
        "/apps/{app}/receipts", "receipt", call -> call.ok(operations.receipts(call.app().id())));
  }

  private void list(Call call) {
    var app = call.app();
    call.page(
        Listing.by(
                releases.list(app.id()),
                "version",
                (Release release) -> Integer.toString(release.version().value()))
            .or("id", release -> release.id().toString()),
        views.releases(app, call.baseUrl()));
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(views.release(app, releases.get(app.id(), call.param("release")), call.baseUrl()));
  }

  private void create(Call call) {
    var app = call.app();
    var body = call.body();
    var by = call.account().id();
    var target = body.optionalTextOrInteger("release");
    if (target.isPresent()) {
      var release = operations.rollback(app, releases.get(app.id(), target.get()), by);
      call.created(views.release(app, release, call.baseUrl()));
      return;
    }
    var slug = SlugEndpoints.find(releases, app, body.text("slug"));
    var description = body.optionalText("description").orElse("Release of a slug");
    call.created(
        views.release(app, operations.release(app, slug, description, by), call.baseUrl()));
  }
}
