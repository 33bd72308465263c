package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Addons;
import dev.slipway.addons.Attachment;
import dev.slipway.addons.Plan;
import dev.slipway.addons.Service;
import dev.slipway.api.model.AddonServiceView;
import dev.slipway.api.model.AddonView;
import dev.slipway.api.model.AttachmentView;
import dev.slipway.api.model.PlanView;
import dev.slipway.api.model.PriceView;
import dev.slipway.api.model.Reference;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AppId;
import java.time.Instant;
import java.util.List;

/// Shows add-ons in Heroku's shapes.
final class AddonViews {
  private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

  private final Addons addons;
  private final Apps apps;

  AddonViews(Addons addons, Apps apps) {
    this.addons = addons;
    this.apps = apps;
  }

  static AddonServiceView service(Service service) {
    return new AddonServiceView(
        null,
        SINCE,
        service.humanName(),
        reference(service).id(),
        service.name(),
        "ga",
        List.of(Platform.GENERATION),
        true,
        true,
        SINCE);
  }

  static PlanView plan(Service service, Plan plan) {
    var name = service.nameOf(plan);
    return new PlanView(
        reference(service),
        null,
        SINCE,
        plan.equals(service.plans().getFirst()),
        plan.description(),
        plan.humanName(),
        Platform.id("plan", name),
        false,
        true,
        name,
        PriceView.FREE,
        false,
        "ga",
        SINCE,
        true);
  }

  AddonView addon(Addon addon, String baseUrl) {
    var service = addons.service(addon.service());
    var app = app(addon.app());
    var configVars =
        addons.attachments().of(addon).stream()
            .filter(each -> each.app().equals(addon.app()))
            .flatMap(each -> configVars(service, each, addon).stream())
            .toList();
    return new AddonView(
        List.of(),
        service(service),
        app,
        PriceView.FREE,
        new AddonView.BillingEntity(app.id(), app.name(), "app"),
        configVars,
        addon.createdAt(),
        addon.id(),
        addon.name(),
        plan(service, service.plan(addon.plan())),
        addon.id().toString(),
        addon.message(),
        addon.state().label(),
        addon.updatedAt(),
        page(addon, baseUrl));
  }

  /// @param withPlan whether the add-on's plan is told
  AttachmentView attachment(Attachment attachment, boolean withPlan, String baseUrl) {
    var addon = addons.find(attachment.addon()).orElseThrow(Addons::noAddon);
    var service = addons.service(addon.service());
    var owner = app(addon.app());
    return new AttachmentView(
        withPlan
            ? new AttachmentView.WithPlan(
                owner, addon.id(), addon.name(), plan(service, service.plan(addon.plan())))
            : new AttachmentView.Plain(owner, addon.id(), addon.name()),
        app(attachment.app()),
        configVars(service, attachment, addon),
        attachment.createdAt(),
        attachment.id(),
        null,
        attachment.name(),
        null,
        attachment.updatedAt(),
        page(addon, baseUrl));
  }

  /// In the service's order: clients take the first that looks like a URL for the database's.
  private static List<String> configVars(Service service, Attachment attachment, Addon addon) {
    var config = addon.config();
    return service.configVars().stream()
        .filter(part -> config.containsKey(part))
        .map(attachment::configVar)
        .toList();
  }

  private static String page(Addon addon, String baseUrl) {
    return baseUrl + AddonServiceEndpoints.pagePath(addon.service());
  }

  private static Reference reference(Service service) {
    return Platform.named("addon-service", service.name());
  }

  /// Names of apps are no secret from those who share an add-on. One that is destroyed may still be
  /// named by an add-on that is being taken away.
  private Reference app(AppId id) {
    var name = apps.find(id).map(App::name).map(Object::toString).orElse("destroyed");
    return new Reference(id.value(), name);
  }
}
