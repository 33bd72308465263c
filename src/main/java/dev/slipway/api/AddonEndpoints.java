package dev.slipway.api;

import dev.slipway.addons.Addon;
import dev.slipway.addons.AddonRequest;
import dev.slipway.addons.Addons;
import dev.slipway.api.model.AddonView;
import dev.slipway.apps.Apps;
import java.util.List;
import java.util.Map;

/// Add-ons: made, listed, shown, changed, destroyed.
final class AddonEndpoints {
  private final Addons addons;
  private final AddonAccess access;
  private final AddonViews views;

  AddonEndpoints(Addons addons, Apps apps) {
    this.addons = addons;
    this.access = new AddonAccess(addons, apps);
    this.views = new AddonViews(addons, apps);
  }

  void mount(Routes routes) {
    routes.get("/addons", "add_on", call -> page(call, access.addons(call)));
    routes.get("/addons/{addon}", "add_on", this::show);
    routes.get("/apps/{app}/addons", "add_on", call -> page(call, access.ofApp(call.app().id())));
    routes.post("/apps/{app}/addons", "add_on", this::create);
    routes.get("/apps/{app}/addons/{addon}", "add_on", call -> call.ok(view(call, ofApp(call))));
    routes.patch("/apps/{app}/addons/{addon}", "add_on", this::change);
    routes.delete("/apps/{app}/addons/{addon}", "add_on", this::destroy);
    routes.get("/addons/{addon}/config", "add_on_config", this::config);
    routes.post("/actions/addons/resolve", "add_on", this::resolve);
  }

  private void page(Call call, List<Addon> rows) {
    call.page(
        Listing.by(rows, "name", Addon::name).or("id", each -> each.id().toString()),
        addon -> view(call, addon));
  }

  private void show(Call call) {
    call.ok(view(call, access.addon(call, call.param("addon"))));
  }

  private void create(Call call) {
    var app = call.app();
    var body = call.body();
    var attachment =
        body.has("attachment") ? body.object("attachment").optionalText("name").orElse(null) : null;
    Map<String, String> options = body.has("config") ? body.object("config").options() : Map.of();
    var request =
        new AddonRequest(
            body.reference("plan"),
            body.optionalText("name").orElse(null),
            attachment,
            options,
            body.optionalText("confirm").orElse(null));
    call.created(view(call, addons.create(app, request, call.account().id())));
  }

  private void change(Call call) {
    var addon = ofApp(call);
    var body = call.body();
    var plan = body.optionalReference("plan");
    var name = body.optionalText("name");
    if (plan.isPresent()) {
      addon = addons.changePlan(addon, plan.get(), call.account().id());
    }
    if (name.isPresent()) {
      addon = addons.rename(addon, name.get());
    }
    call.ok(view(call, addon));
  }

  private void destroy(Call call) {
    var addon = ofApp(call);
    var force = call.body().optionalFlag("force").orElse(false);
    call.ok(view(call, addons.destroy(addon, force, call.account().id())));
  }

  /// The settings that a provider lets the user change: none has any yet.
  private void config(Call call) {
    access.addon(call, call.param("addon"));
    call.ok(List.of());
  }

  private void resolve(Call call) {
    var body = call.body();
    var found =
        access.matching(call, body.text("addon"), body.optionalReference("app").orElse(null));
    var service = body.optionalText("addon_service");
    var matches =
        found.stream()
            .filter(each -> service.isEmpty() || each.service().equals(service.get()))
            .toList();
    if (matches.isEmpty()) {
      throw Addons.noAddon();
    }
    call.ok(matches.stream().map(addon -> view(call, addon)).toList());
  }

  /// The app's own add-on of that name or id.
  private Addon ofApp(Call call) {
    var app = call.app().id();
    var key = call.param("addon");
    return addons.list().stream()
        .filter(each -> each.app().equals(app))
        .filter(each -> each.name().equals(key) || each.id().toString().equals(key))
        .findFirst()
        .orElseThrow(Addons::noAddon);
  }

  private AddonView view(Call call, Addon addon) {
    return views.addon(addon, call.baseUrl());
  }
}
