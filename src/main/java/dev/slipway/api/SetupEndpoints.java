package dev.slipway.api;

import dev.slipway.api.model.AppSetupView;
import dev.slipway.api.model.Reference;
import dev.slipway.apps.App;
import dev.slipway.core.AppName;
import dev.slipway.setups.AppSetup;
import dev.slipway.setups.AppSetups;
import dev.slipway.setups.SetupStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Apps made from sources with an `app.json`.
final class SetupEndpoints {
  private final SetupRuns runs;
  private final AppSetups setups;
  private final Operations operations;
  private final ApiSettings settings;

  SetupEndpoints(SetupRuns runs, AppSetups setups, Operations operations, ApiSettings settings) {
    this.runs = runs;
    this.setups = setups;
    this.operations = operations;
    this.settings = settings;
  }

  void mount(Routes routes) {
    routes.post("/app-setups", "app_setup", this::create);
    routes.get("/app-setups/{setup}", "app_setup", this::show);
  }

  private void create(Call call) {
    var body = call.body();
    var source = TarballSource.of(body.object("source_blob"));
    var name = Optional.<AppName>empty();
    if (body.has("app")) {
      var app = body.object("app");
      AppEndpoints.requireOurs(app);
      name = app.optionalText("name").map(AppName::new);
    }
    var request = new SetupRuns.Request(source, name.orElse(null), overrides(body));
    call.accepted(view(call, runs.start(request, call.account().id())));
  }

  private static Map<String, String> overrides(Body body) {
    if (!body.has("overrides") || !body.object("overrides").has("env")) {
      return Map.of();
    }
    return body.object("overrides").object("env").options();
  }

  private void show(Call call) {
    call.ok(view(call, setups.get(call.param("setup"))));
  }

  private AppSetupView view(Call call, AppSetup setup) {
    var app = call.app(setup.app().toString());
    var ran = setup.postdeploy();
    return new AppSetupView(
        new Reference(app.id().value(), app.name().value()),
        build(call, app, setup),
        setup.createdAt(),
        setup.failure(),
        setup.id(),
        List.of(),
        ran == null ? null : new AppSetupView.Postdeploy(ran.exitCode(), ran.output()),
        setup.status() == SetupStatus.SUCCEEDED ? successUrl(app, setup) : null,
        setup.status().label(),
        setup.updatedAt());
  }

  private AppSetupView.Build build(Call call, App app, AppSetup setup) {
    var build = operations.build(app.id(), setup.build().toString());
    return new AppSetupView.Build(
        build.id(), call.baseUrl() + BuildEndpoints.outputPath(build), build.status().label());
  }

  /// Within the app, where it is a path.
  private @Nullable String successUrl(App app, AppSetup setup) {
    var url = setup.successUrl();
    return url != null && url.startsWith("/")
        ? settings.webUrl(app.name()) + url.substring(1)
        : url;
  }
}
