package dev.slipway.api;

import dev.slipway.api.model.DomainView;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Domain;
import dev.slipway.certificates.Certificate;
import dev.slipway.certificates.Certificates;
import java.util.List;
import java.util.stream.Stream;

/// The host names that lead to an app, each with the certificate that it is served with.
final class DomainEndpoints {
  private final Apps apps;
  private final Certificates certificates;
  private final Operations operations;
  private final Views views;

  DomainEndpoints(Apps apps, Certificates certificates, Operations operations, Views views) {
    this.apps = apps;
    this.certificates = certificates;
    this.operations = operations;
    this.views = views;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/domains", "domain", this::list);
    routes.post("/apps/{app}/domains", "domain", this::add);
    routes.get("/apps/{app}/domains/{domain}", "domain", this::show);
    routes.patch("/apps/{app}/domains/{domain}", "domain", this::change);
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
    var hostname = Domain.hostname(body.text("hostname"));
    var endpoint = body.optionalText("sni_endpoint");
    endpoint.ifPresent(name -> certificates.require(app.id(), hostname, name));
    var domain = operations.addDomain(app, hostname);
    if (endpoint.isPresent()) {
      domain = certificates.choose(app.id(), domain.hostname(), endpoint.get());
      operations.publishRoutes();
    }
    call.created(view(app, domain));
  }

  private void show(Call call) {
    var app = call.app();
    var key = call.param("domain");
    var own = views.ownDomain(app);
    var isOwn = own.hostname().equalsIgnoreCase(key) || own.id().toString().equals(key);
    call.ok(isOwn ? own : view(app, apps.domains().get(app.id(), key)));
  }

  private void change(Call call) {
    var app = call.app();
    var endpoint = call.body().textOrNull("sni_endpoint");
    var domain = certificates.choose(app.id(), call.param("domain"), endpoint);
    operations.publishRoutes();
    call.ok(view(app, domain));
  }

  private void remove(Call call) {
    var app = call.app();
    var shown = view(app, apps.domains().get(app.id(), call.param("domain")));
    operations.removeDomain(app, shown.id().toString());
    call.ok(shown);
  }

  private List<DomainView> all(App app) {
    var ofApp = certificates.list(app.id());
    return Stream.concat(
            Stream.of(views.ownDomain(app)),
            apps.domains().list(app.id()).stream()
                .map(domain -> views.domain(app, domain, Certificate.of(domain, ofApp))))
        .toList();
  }

  private DomainView view(App app, Domain domain) {
    return views.domain(app, domain, Certificate.of(domain, certificates.list(app.id())));
  }
}
