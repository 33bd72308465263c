package dev.slipway.api;

import dev.slipway.api.model.DomainView;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The host names that lead to an app.
final class DomainEndpoints {
  private final Apps apps;
  private final Operations operations;
  private final Views views;

  DomainEndpoints(Apps apps, Operations operations, Views views) {
    this.apps = apps;
    this.operations = operations;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/domains", "domain", this::list);
    routes.post("/apps/{app}/domains", "domain", this::add);
    routes.get("/apps/{app}/domains/{domain}", "domain", this::show);
    routes.delete("/apps/{app}/domains/{domain}", "domain", this::remove);
  }

  private void list(Call call) {
    var rows = all(call.app());
    call.page(
        Listing.by(rows, "hostname", DomainView::hostname).or("id", view -> view.id().toString()),
        view -> view);
  }

  private void add(Call call) {
    var app = call.app();
    var body = call.body();
    var hostname = body.text("hostname").toLowerCase(Locale.ROOT);
    if (body.has("sni_endpoint")) {
      throw Body.invalid("There are no SNI endpoints here yet; leave out sni_endpoint.");
    }
    call.created(views.domain(app, operations.addDomain(app, hostname)));
  }

  private void show(Call call) {
    var key = call.param("domain");
    call.ok(
        all(call.app()).stream()
            .filter(
                view -> view.hostname().equalsIgnoreCase(key) || view.id().toString().equals(key))
            .findFirst()
            .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that domain.")));
  }

  private void remove(Call call) {
    var app = call.app();
    var key = call.param("domain").toLowerCase(Locale.ROOT);
    call.ok(views.domain(app, operations.removeDomain(app, key)));
  }

  private List<DomainView> all(App app) {
    return Stream.concat(
            Stream.of(views.ownDomain(app)),
            apps.domains(app.id()).stream().map(domain -> views.domain(app, domain)))
        .toList();
  }
}
