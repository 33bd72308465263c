package dev.slipway.api;

import dev.slipway.api.model.Identity;
import dev.slipway.api.model.PromotionTargetView;
import dev.slipway.api.model.PromotionView;
import dev.slipway.apps.App;
import dev.slipway.pipelines.Pipelines;
import dev.slipway.pipelines.Promotion;
import dev.slipway.pipelines.PromotionTarget;
import dev.slipway.pipelines.Promotions;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;

/// Promotions of code from one app of a pipeline to others.
final class PromotionEndpoints {
  private static final int MOST_TARGETS = 100;

  private final Pipelines pipelines;
  private final Promotions promotions;
  private final Releases releases;

  PromotionEndpoints(Pipelines pipelines, Promotions promotions, Releases releases) {
    this.pipelines = pipelines;
    this.promotions = promotions;
    this.releases = releases;
  }

  void mount(Routes routes) {
    routes.post("/pipeline-promotions", "pipeline_promotion", this::promote);
    routes.get(
        "/pipeline-promotions/{promotion}",
        "pipeline_promotion",
        call -> call.ok(view(promotion(call))));
    routes.get(
        "/pipeline-promotions/{promotion}/promotion-targets",
        "pipeline_promotion",
        call -> call.ok(promotion(call).targets().stream().map(PromotionEndpoints::view).toList()));
  }

  private void promote(Call call) {
    var body = call.body();
    var by = call.account().id();
    var pipeline = pipelines.get(body.object("pipeline").text("id"), by);
    var from = body.object("source");
    var targets = body.objects("targets");
    if (targets.size() > MOST_TARGETS) {
      throw Body.invalid("targets may name " + MOST_TARGETS + " apps at the most.");
    }
    var source = app(call, from);
    var apps = targets.stream().map(target -> app(call, target)).toList();
    call.created(view(promotions.promote(pipeline, source, release(from, source), apps, by)));
  }

  private static App app(Call call, Body of) {
    return call.app(of.object("app").text("id"));
  }

  /// The release that is named, or the one that users get.
  private Release release(Body source, App app) {
    return source.has("release")
        ? releases.get(app.id(), source.object("release").text("id"))
        : releases.live(app.id());
  }

  private Promotion promotion(Call call) {
    return promotions.get(call.param("promotion"), call.account().id());
  }

  private static PromotionView view(Promotion promotion) {
    return new PromotionView(
        promotion.createdAt(),
        promotion.id(),
        new Identity(promotion.pipeline()),
        new PromotionView.Source(
            new Identity(promotion.source().value()), new Identity(promotion.sourceRelease())),
        promotion.isComplete() ? "completed" : "pending",
        promotion.createdAt());
  }

  private static PromotionTargetView view(PromotionTarget target) {
    return new PromotionTargetView(
        new Identity(target.app().value()),
        target.problem(),
        target.id(),
        new Identity(target.promotion()),
        new Identity(target.release()),
        target.status().label());
  }
}
