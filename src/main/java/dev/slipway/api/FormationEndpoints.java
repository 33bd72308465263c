package dev.slipway.api;

import dev.slipway.api.model.FormationView;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.apps.FormationEntry;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Quantity;
import dev.slipway.deploy.ScaleRequest;
import dev.slipway.release.Releases;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// How many dynos of which type an app runs.
final class FormationEndpoints {
  private final Apps apps;
  private final Releases releases;
  private final Operations operations;
  private final Views views;

  FormationEndpoints(Apps apps, Releases releases, Operations operations, Views views) {
    this.apps = apps;
    this.releases = releases;
    this.operations = operations;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/formation", "formation", this::list);
    routes.patch("/apps/{app}/formation", "formation", this::scaleSome);
    routes.get("/apps/{app}/formation/{type}", "formation", this::show);
    routes.patch("/apps/{app}/formation/{type}", "formation", this::scaleOne);
  }

  private void list(Call call) {
    var app = call.app();
    var rows = new ArrayList<>(views(app, apps.formation(app.id())));
    rows.addAll(views(app, releasePhase(app)));
    call.page(
        Listing.by(rows, "type", FormationView::type).or("id", view -> view.id().toString()),
        view -> view);
  }

  /// The release phase as Heroku lists it, where the code has one: clients look for it there before
  /// they retry it. It can't be scaled.
  private List<FormationEntry> releasePhase(App app) {
    var id = Platform.id("formation", app.id() + "/" + ProcessType.RELEASE);
    return releases.current(app.id()).slug().stream()
        .filter(slug -> slug.processes().containsKey(ProcessType.RELEASE))
        .map(_ -> new FormationEntry(id, ProcessType.RELEASE, 0, DynoSize.STANDARD_1X))
        .toList();
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(one(views(app, apps.formation(app.id())), call.param("type")));
  }

  private void scaleSome(Call call) {
    var app = call.app();
    var requests = call.body().objects("updates").stream().map(this::request).toList();
    var types = requests.stream().map(ScaleRequest::type).collect(Collectors.toSet());
    if (types.size() < requests.size() || requests.isEmpty()) {
      throw Body.invalid("updates must name each process type once, and at least one.");
    }
    var changed = operations.scale(app, requests, call.account().id());
    call.ok(views(app, changed.stream().filter(entry -> types.contains(entry.type())).toList()));
  }

  private void scaleOne(Call call) {
    var app = call.app();
    var type = one(views(app, apps.formation(app.id())), call.param("type")).type();
    var request = request(new ProcessType(type), call.body());
    call.ok(one(views(app, operations.scale(app, List.of(request), call.account().id())), type));
  }

  private ScaleRequest request(Body update) {
    var type = update.optionalText("type").or(() -> update.optionalText("process"));
    return request(new ProcessType(type.orElseThrow(() -> Body.invalid("Missing type."))), update);
  }

  private static ScaleRequest request(ProcessType type, Body update) {
    if (update.has("docker_image")) {
      throw Body.invalid("Images can't be released by formation yet; push the code instead.");
    }
    var size =
        update.has("dyno_size")
            ? update.object("dyno_size").optionalText("name")
            : update.optionalText("size");
    return new ScaleRequest(
        type,
        update.optionalTextOrInteger("quantity").map(Quantity::of).orElse(null),
        size.map(DynoSize::of).orElse(null));
  }

  private List<FormationView> views(App app, List<FormationEntry> entries) {
    var slug = releases.current(app.id()).slug();
    return entries.stream()
        .sorted(Comparator.comparing(FormationEntry::type))
        .map(entry -> views.formation(app, entry, slug))
        .toList();
  }

  private static FormationView one(List<FormationView> views, String typeOrId) {
    return views.stream()
        .filter(view -> view.type().equals(typeOrId) || view.id().toString().equals(typeOrId))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that process type."));
  }
}
