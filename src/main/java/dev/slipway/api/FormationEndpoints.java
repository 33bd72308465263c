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
import dev.slipway.release.Slug;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    routes.patch("/apps/{app}/formation", "formation", this::changeSome);
    routes.get("/apps/{app}/formation/{type}", "formation", this::show);
    routes.patch("/apps/{app}/formation/{type}", "formation", this::changeOne);
  }

  private void list(Call call) {
    var app = call.app();
    var slug = releases.current(app.id()).slug();
    var rows = new ArrayList<>(views(app, apps.formation(app.id()), slug));
    rows.addAll(views(app, releasePhase(app, slug), slug));
    call.page(
        Listing.by(rows, "type", FormationView::type).or("id", view -> view.id().toString()),
        view -> view);
  }

  /// The release phase as Heroku lists it, where the code has one: clients look for it there before
  /// they retry it. It can't be scaled.
  private static List<FormationEntry> releasePhase(App app, Optional<Slug> current) {
    var id = Platform.id("formation", app.id() + "/" + ProcessType.RELEASE);
    return current.stream()
        .filter(slug -> slug.processes().containsKey(ProcessType.RELEASE))
        .map(_ -> new FormationEntry(id, ProcessType.RELEASE, 0, DynoSize.STANDARD_1X))
        .toList();
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(one(views(app, apps.formation(app.id())), call.param("type")));
  }

  private void changeSome(Call call) {
    var app = call.app();
    var updates = call.body().objects("updates").stream().map(FormationEndpoints::update).toList();
    var types = updates.stream().map(Update::type).collect(Collectors.toSet());
    if (types.size() < updates.size() || updates.isEmpty()) {
      throw Body.invalid("updates must name each process type once, and at least one.");
    }
    var changed = change(call, app, updates);
    call.ok(views(app, changed.stream().filter(entry -> types.contains(entry.type())).toList()));
  }

  private void changeOne(Call call) {
    var app = call.app();
    var type = one(views(app, apps.formation(app.id())), call.param("type")).type();
    var update = new Update(new ProcessType(type), call.body());
    call.ok(one(views(app, change(call, app, List.of(update))), type));
  }

  /// What is wanted of one process type.
  private record Update(ProcessType type, Body body) {
    boolean isAboutImage() {
      return body.mentions("docker_image");
    }

    Optional<String> image() {
      return body.optionalText("docker_image");
    }

    boolean scales() {
      return !isAboutImage() || body.has("quantity") || body.has("size") || body.has("dyno_size");
    }

    ScaleRequest scaling() {
      var size =
          body.has("dyno_size")
              ? body.object("dyno_size").optionalText("name")
              : body.optionalText("size");
      return new ScaleRequest(
          type,
          body.optionalTextOrInteger("quantity").map(Quantity::of).orElse(null),
          size.map(DynoSize::of).orElse(null));
    }
  }

  private static Update update(Body body) {
    var type = body.optionalText("type").or(() -> body.optionalText("process"));
    return new Update(new ProcessType(type.orElseThrow(() -> Body.invalid("Missing type."))), body);
  }

  /// Images first: with them come new process types. All is read before anything is done.
  private List<FormationEntry> change(Call call, App app, List<Update> updates) {
    var by = call.account().id();
    var scaling = updates.stream().filter(Update::scales).map(Update::scaling).toList();
    var images = new TreeMap<ProcessType, Optional<String>>();
    updates.stream()
        .filter(Update::isAboutImage)
        .forEach(update -> images.put(update.type(), update.image()));
    requireTypes(app, scaling, images);
    if (!images.isEmpty()) {
      operations.releaseImages(app, images, by);
    }
    return scaling.isEmpty() ? apps.formation(app.id()) : operations.scale(app, scaling, by);
  }

  /// What is scaled must be there, or come with its image.
  private void requireTypes(
      App app, List<ScaleRequest> scaling, Map<ProcessType, Optional<String>> images) {
    var known =
        apps.formation(app.id()).stream().map(FormationEntry::type).collect(Collectors.toSet());
    images.forEach((type, image) -> image.ifPresent(_ -> known.add(type)));
    for (var request : scaling) {
      if (!known.contains(request.type())) {
        throw Apps.noSuchType(request.type());
      }
    }
  }

  private List<FormationView> views(App app, List<FormationEntry> entries) {
    return views(app, entries, releases.current(app.id()).slug());
  }

  private List<FormationView> views(App app, List<FormationEntry> entries, Optional<Slug> slug) {
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
