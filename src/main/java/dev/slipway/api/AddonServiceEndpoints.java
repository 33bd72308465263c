package dev.slipway.api;

import dev.slipway.addons.Addons;
import dev.slipway.addons.Service;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.stream.Collectors;

/// Which add-ons can be had, in which plans.
final class AddonServiceEndpoints {
  private final Addons addons;

  AddonServiceEndpoints(Addons addons) {
    this.addons = addons;
  }

  /// A page about a service that a browser opens; it tells nothing of any app.
  static String pagePath(String service) {
    return "/addon-pages/" + service;
  }

  void mount(Routes routes) {
    routes.get("/addon-services", "addon_service", this::list);
    routes.get(
        "/addon-services/{service}",
        "addon_service",
        call -> call.ok(AddonViews.service(service(call.param("service")))));
    routes.get("/addon-services/{service}/plans", "plan", this::plans);
    routes.get("/addon-services/{service}/plans/{plan}", "plan", this::plan);
    routes.get("/plans/{plan}", "plan", this::planByName);
    routes.open(HandlerType.GET, "/addon-pages/{service}", this::page);
  }

  private void list(Call call) {
    call.page(
        Listing.by(addons.services(), "name", Service::name)
            .or("id", each -> AddonViews.service(each).id().toString()),
        AddonViews::service);
  }

  private void plans(Call call) {
    var service = service(call.param("service"));
    call.ok(service.plans().stream().map(plan -> AddonViews.plan(service, plan)).toList());
  }

  private void plan(Call call) {
    var service = service(call.param("service"));
    call.ok(AddonViews.plan(service, service.plan(call.param("plan"))));
  }

  private void planByName(Call call) {
    var name = call.param("plan");
    var service = service(name.split(":", 2)[0]);
    call.ok(AddonViews.plan(service, service.plan(name)));
  }

  private Service service(String nameOrId) {
    return addons.services().stream()
        .filter(each ->
            each.name().equals(nameOrId)
                || AddonViews.service(each).id().toString().equals(nameOrId))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that add-on service."));
  }

  private void page(Context http) {
    var service = service(http.pathParam("service"));
    http.contentType("text/plain; charset=utf-8").result(page(service));
  }

  private static String page(Service service) {
    return service.plans().stream()
        .map(plan -> service.nameOf(plan) + "\n    " + plan.description() + "\n")
        .collect(
            Collectors.joining(
                "\n", service.humanName() + "\n\n" + service.description() + ".\n\n", ""));
  }
}
