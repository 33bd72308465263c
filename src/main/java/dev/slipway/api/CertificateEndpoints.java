package dev.slipway.api;

import dev.slipway.api.model.SniEndpointView;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Domain;
import dev.slipway.certificates.Certificate;
import dev.slipway.certificates.CertificateChain;
import dev.slipway.certificates.Certificates;
import dev.slipway.core.Secret;
import java.util.List;

/// An app's certificates, which Heroku calls SNI endpoints. No answer has a key in it.
final class CertificateEndpoints {
  private static final String RESOURCE = "sni_endpoint";

  private final Apps apps;
  private final Certificates certificates;
  private final Operations operations;

  CertificateEndpoints(Apps apps, Certificates certificates, Operations operations) {
    this.apps = apps;
    this.certificates = certificates;
    this.operations = operations;
  }

  void mount(Routes routes) {
    routes.get("/apps/{app}/sni-endpoints", RESOURCE, this::list);
    routes.post("/apps/{app}/sni-endpoints", RESOURCE, this::add);
    routes.get("/apps/{app}/sni-endpoints/{endpoint}", RESOURCE, this::show);
    routes.patch("/apps/{app}/sni-endpoints/{endpoint}", RESOURCE, this::update);
    routes.delete("/apps/{app}/sni-endpoints/{endpoint}", RESOURCE, this::remove);
    routes.post("/apps/{app}/acm", "app", CertificateEndpoints::refuseAutomatic);
    routes.patch("/apps/{app}/acm", "app", CertificateEndpoints::refuseAutomatic);
    routes.delete("/apps/{app}/acm", "app", CertificateEndpoints::refuseAutomatic);
  }

  private void list(Call call) {
    var app = call.app();
    var all = certificates.list(app.id());
    var domains = apps.domains().list(app.id());
    call.page(
        Listing.by(all, "name", Certificate::name)
            .or("id", certificate -> certificate.id().toString()),
        certificate -> view(app, certificate, all, domains));
  }

  private void show(Call call) {
    var app = call.app();
    call.ok(view(app, certificates.get(app.id(), call.param("endpoint"))));
  }

  private void add(Call call) {
    var app = call.app();
    var body = call.body();
    var added = certificates.add(app.id(), body.text("certificate_chain"), key(body));
    operations.publishRoutes();
    call.created(view(app, added));
  }

  private void update(Call call) {
    var app = call.app();
    var body = call.body();
    var chain = body.text("certificate_chain");
    var updated = certificates.update(app.id(), call.param("endpoint"), chain, key(body));
    operations.publishRoutes();
    call.ok(view(app, updated));
  }

  private void remove(Call call) {
    var app = call.app();
    var shown = view(app, certificates.get(app.id(), call.param("endpoint")));
    certificates.remove(app.id(), shown.id().toString());
    operations.publishRoutes();
    call.ok(shown);
  }

  private static void refuseAutomatic(Call call) {
    call.app();
    throw Body.invalid(
        "Automatic certificates are not here yet. Add your own with heroku certs:add CRT KEY.");
  }

  private static Secret key(Body body) {
    return new Secret(body.text("private_key"));
  }

  private SniEndpointView view(App app, Certificate certificate) {
    return view(app, certificate, certificates.list(app.id()), apps.domains().list(app.id()));
  }

  /// @param ofApp all certificates of the app
  /// @param domainsOfApp all its domains
  static SniEndpointView view(
      App app, Certificate certificate, List<Certificate> ofApp, List<Domain> domainsOfApp) {
    var chain = CertificateChain.parse(certificate.chain());
    var domains =
        domainsOfApp.stream()
            .filter(domain -> Certificate.of(domain, ofApp).filter(certificate::equals).isPresent())
            .map(Domain::id)
            .toList();
    return new SniEndpointView(
        Views.reference(app),
        certificate.chain(),
        Views.seconds(certificate.createdAt()),
        null,
        domains,
        certificate.id(),
        certificate.name(),
        new SniEndpointView.SslCert(
            false,
            chain.isPubliclyTrusted(),
            List.copyOf(chain.names()),
            chain.endsAt(),
            Platform.id("ssl-cert", certificate.fingerprint()),
            chain.issuer(),
            chain.isSelfSigned(),
            chain.startsAt(),
            chain.subject()),
        Views.seconds(certificate.updatedAt()));
  }
}
