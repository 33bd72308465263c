package dev.slipway.api;

import dev.slipway.api.model.FeatureView;
import dev.slipway.apps.App;
import dev.slipway.apps.AppFeature;
import dev.slipway.apps.Features;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.Arrays;
import java.util.List;

/// What apps can have beyond the usual. Accounts have no features here.
final class FeatureEndpoints {
  private static final String ARTICLES = "https://devcenter.heroku.com/articles/";

  /// What the client asks for before `ps:exec` and its like; it shows what it is answered.
  private static final String EXEC = "runtime-heroku-exec";

  private static final Problem NO_EXEC =
      new Problem(
          ErrorCode.INVALID_PARAMS,
          "ps:exec, ps:copy, ps:forward and ps:socks can't be used here",
          "the client insists on SSH at port 80, where your apps answer",
          "Run a command or a shell in a dyno by: heroku run:inside web.1 bash");

  private final Features features;
  private final Operations operations;

  FeatureEndpoints(Features features, Operations operations) {
    this.features = features;
    this.operations = operations;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/features", "app_feature", this::list);
    routes.get("/apps/{app}/features/{feature}", "app_feature", this::show);
    routes.patch("/apps/{app}/features/{feature}", "app_feature", this::change);
    routes.get("/account/features", "account_feature", call -> call.ok(List.of()));
    routes.get("/account/features/{feature}", "account_feature", FeatureEndpoints::noneOfAccount);
    routes.patch("/account/features/{feature}", "account_feature", FeatureEndpoints::noneOfAccount);
  }

  private void list(Call call) {
    var app = call.app();
    var views =
        Arrays.stream(AppFeature.values()).map(each -> view(features.get(app, each))).toList();
    call.page(
        Listing.by(views, "name", FeatureView::name).or("id", view -> view.id().toString()),
        view -> view);
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(view(features.get(app, feature(call))));
  }

  private void change(Call call) {
    App app = call.app();
    var feature = feature(call);
    var enabled =
        call.body().optionalFlag("enabled").orElseThrow(() -> Body.invalid("Missing enabled."));
    var state = features.set(app, feature, enabled);
    operations.publishRoutes();
    call.ok(view(state));
  }

  private static AppFeature feature(Call call) {
    var key = call.param("feature");
    if (key.equals(EXEC)) {
      throw new UserError(NO_EXEC);
    }
    return AppFeature.of(key)
        .or(() ->
            Arrays.stream(AppFeature.values())
                .filter(each -> Platform.id("feature", each.label()).toString().equals(key))
                .findFirst())
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that app feature."));
  }

  private static void noneOfAccount(Call call) {
    throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that account feature.");
  }

  private static FeatureView view(Features.State state) {
    var feature = state.feature();
    return new FeatureView(
        Platform.SINCE,
        feature.description(),
        feature.title(),
        ARTICLES + feature.article(),
        state.enabled(),
        "",
        Platform.id("feature", feature.label()),
        feature.label(),
        feature.isGeneral() ? "general" : "public",
        Views.seconds(state.updatedAt()));
  }
}
