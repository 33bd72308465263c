package dev.slipway.api;

import dev.slipway.api.model.CouplingView;
import dev.slipway.api.model.Identity;
import dev.slipway.api.model.PipelineView;
import dev.slipway.api.model.Reference;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.pipelines.Coupling;
import dev.slipway.pipelines.Pipeline;
import dev.slipway.pipelines.Pipelines;
import dev.slipway.pipelines.Stage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Pipelines and the apps in them.
final class PipelineEndpoints {
  private static final int MOST_APPS = 1000;

  private final Pipelines pipelines;
  private final Apps apps;
  private final Views views;

  PipelineEndpoints(Pipelines pipelines, Apps apps, Views views) {
    this.pipelines = pipelines;
    this.apps = apps;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.get("/pipelines", "pipeline", this::list);
    routes.post("/pipelines", "pipeline", this::create);
    routes.get("/pipelines/{pipeline}", "pipeline", call -> call.ok(view(pipeline(call))));
    routes.patch("/pipelines/{pipeline}", "pipeline", this::change);
    routes.delete("/pipelines/{pipeline}", "pipeline", this::destroy);
    routes.post("/pipeline-transfers", "pipeline", PipelineEndpoints::refuseTransfer);
    routes.get("/pipelines/{pipeline}/pipeline-couplings", "pipeline_coupling", this::listApps);
    routes.get("/pipeline-couplings", "pipeline_coupling", this::listAllApps);
    routes.get("/users/{user}/pipeline-couplings", "pipeline_coupling", this::listAllAppsOfUser);
    routes.post("/pipeline-couplings", "pipeline_coupling", this::couple);
    routes.get(
        "/pipeline-couplings/{coupling}",
        "pipeline_coupling",
        call -> call.ok(view(coupling(call))));
    routes.patch("/pipeline-couplings/{coupling}", "pipeline_coupling", this::move);
    routes.delete("/pipeline-couplings/{coupling}", "pipeline_coupling", this::uncouple);
    routes.get("/apps/{app}/pipeline-couplings", "pipeline_coupling", this::ofApp);
    routes.post("/filters/apps", "app", this::filterApps);
  }

  private void list(Call call) {
    var named = Optional.ofNullable(call.query("eq[name]"));
    var rows =
        pipelines.list(call.account().id()).stream()
            .filter(each -> named.isEmpty() || each.name().equals(named.get()))
            .toList();
    call.page(
        Listing.by(rows, "name", Pipeline::name).or("id", each -> each.id().toString()),
        PipelineEndpoints::view);
  }

  private void create(Call call) {
    var body = call.body();
    if (body.has("owner")) {
      requireSelf(call, body.object("owner"));
    }
    call.created(view(pipelines.create(body.text("name"), call.account().id())));
  }

  private static void requireSelf(Call call, Body owner) {
    var self = call.account().id().toString();
    if (!owner.text("type").equals("user") || !owner.text("id").equals(self)) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "A pipeline can't be made for someone else",
              "it belongs to whoever makes it, and there are no teams here",
              "Leave out --team"));
    }
  }

  private void change(Call call) {
    var pipeline = pipeline(call);
    var name = call.body().optionalText("name");
    call.ok(view(name.map(to -> pipelines.rename(pipeline, to)).orElse(pipeline)));
  }

  private void destroy(Call call) {
    var pipeline = pipeline(call);
    pipelines.destroy(pipeline);
    call.ok(view(pipeline));
  }

  private static void refuseTransfer(Call call) {
    throw new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "A pipeline can't be transferred here",
            "it belongs to the account that made it, with all its apps",
            "The new owner can make one with heroku pipelines:create, once the apps are theirs"));
  }

  private void listApps(Call call) {
    page(call, List.of(pipeline(call)));
  }

  private void listAllApps(Call call) {
    page(call, pipelines.list(call.account().id()));
  }

  private void listAllAppsOfUser(Call call) {
    AccountEndpoints.requireSelf(call);
    listAllApps(call);
  }

  /// The couplings of these pipelines.
  private void page(Call call, List<Pipeline> of) {
    var names = of.stream().collect(Collectors.toMap(Pipeline::id, Pipeline::name));
    var couplings = of.stream().flatMap(each -> pipelines.couplings(each).stream()).toList();
    call.page(
        Listing.by(couplings, "id", each -> each.id().toString()),
        each -> view(each, names.getOrDefault(each.pipeline(), "")));
  }

  private void couple(Call call) {
    var body = call.body();
    var app = call.app(body.text("app"));
    var pipeline = pipelines.get(body.text("pipeline"), call.account().id());
    var coupling = pipelines.couple(pipeline, app, Stage.of(body.text("stage")));
    call.created(view(coupling, pipeline.name()));
  }

  private void move(Call call) {
    var coupling = coupling(call);
    var stage = call.body().optionalText("stage").map(Stage::of);
    call.ok(view(stage.map(to -> pipelines.move(coupling, to)).orElse(coupling)));
  }

  private void uncouple(Call call) {
    var coupling = coupling(call);
    var shown = view(coupling);
    pipelines.uncouple(coupling);
    call.ok(shown);
  }

  private void ofApp(Call call) {
    call.ok(view(pipelines.couplingOf(call.app().id()).orElseThrow(Pipelines::noCoupling)));
  }

  /// Those of the apps that the account has; others are passed over, as on Heroku.
  private void filterApps(Call call) {
    var ids = Set.copyOf(call.body().object("in").texts("id"));
    if (ids.size() > MOST_APPS) {
      throw Body.invalid("in.id may name " + MOST_APPS + " apps at the most.");
    }
    var found =
        AppAccess.list(apps, call.account().id()).stream()
            .filter(app -> ids.contains(app.id().toString()))
            .toList();
    call.page(Listing.by(found, "id", (App app) -> app.id().toString()), views.apps());
  }

  private Pipeline pipeline(Call call) {
    return pipelines.get(call.param("pipeline"), call.account().id());
  }

  private Coupling coupling(Call call) {
    return pipelines.coupling(call.param("coupling"), call.account().id());
  }

  private static PipelineView view(Pipeline pipeline) {
    return new PipelineView(
        pipeline.createdAt(),
        Platform.GENERATION,
        pipeline.id(),
        pipeline.name(),
        new PipelineView.Owner(pipeline.owner().value(), "user"),
        pipeline.updatedAt());
  }

  private CouplingView view(Coupling coupling) {
    return view(coupling, pipelines.get(coupling.pipeline()).name());
  }

  private static CouplingView view(Coupling coupling, String pipeline) {
    return new CouplingView(
        new Identity(coupling.app().value()),
        coupling.createdAt(),
        coupling.id(),
        new Reference(coupling.pipeline(), pipeline),
        coupling.stage().label(),
        coupling.updatedAt());
  }
}
