package dev.slipway.api;

import dev.slipway.api.model.DomainView;
import dev.slipway.api.model.SniEndpointView;
import dev.slipway.apps.App;
import dev.slipway.apps.AppEvent;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Collaborator;
import dev.slipway.apps.Domain;
import dev.slipway.apps.FormationEntry;
import dev.slipway.certificates.Certificate;
import dev.slipway.certificates.Certificates;
import dev.slipway.deploy.Build;
import dev.slipway.postgres.Backup;
import dev.slipway.postgres.DiskRoom;
import dev.slipway.release.Release;
import dev.slipway.release.Releases;
import dev.slipway.rollout.DynoView;
import dev.slipway.webhooks.NewEvent;
import dev.slipway.webhooks.NewEvent.Actor;
import dev.slipway.webhooks.Webhooks;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Tells webhooks what happens to apps, in the shapes in which the API shows it.
final class WebhookEvents {
  /// What an event is about: Heroku's kind, its word for the thing, and the thing.
  private record Shown(String include, String resource, Object view) {}

  private final Apps apps;
  private final Releases releases;
  private final Certificates certificates;
  private final Webhooks webhooks;
  private final Views views;
  private final String baseUrl;

  /// @param baseUrl where the API answers on this machine
  WebhookEvents(ApiServices services, Views views, String baseUrl) {
    this.apps = services.apps();
    this.releases = services.releases();
    this.certificates = services.certificates();
    this.webhooks = services.webhooks();
    this.views = views;
    this.baseUrl = baseUrl;
  }

  void happened(AppEvent event) {
    var app = event.subject() instanceof App itself ? itself : apps.find(event.app()).orElse(null);
    if (app == null || webhooks.list(app.id()).isEmpty()) {
      return;
    }
    var shown = shown(app, event.subject());
    if (shown == null) {
      return;
    }
    var previous = event.previous() == null ? null : shown(app, event.previous());
    var actor = views.user(event.actor() == null ? app.owner() : event.actor());
    webhooks.tell(
        new NewEvent(
            app.id(),
            shown.include(),
            event.action().name().toLowerCase(Locale.ROOT),
            shown.resource(),
            new Actor(actor.id(), actor.email()),
            json(shown.view()),
            previous == null ? null : json(previous.view())));
  }

  private @Nullable Shown shown(App app, Record subject) {
    return switch (subject) {
      case App it -> new Shown("api:app", "app", views.app(it));
      case Backup it -> new Shown("slipway:backup", "backup", BackupEndpoints.view(it));
      case Build it -> new Shown("api:build", "build", views.build(app, it, baseUrl));
      case Collaborator it ->
          new Shown("api:collaborator", "collaborator", views.collaborator(app, it));
      case DiskRoom it -> new Shown("slipway:database", "database", PostgresEndpoints.view(it));
      case Domain it -> new Shown("api:domain", "domain", domain(app, it));
      case Certificate it -> new Shown("api:sni-endpoint", "sni-endpoint", endpoint(app, it));
      case DynoView it -> new Shown("dyno", "dyno", views.dyno(app, it));
      case FormationEntry it -> {
        var slug = releases.current(app.id()).slug();
        yield new Shown("api:formation", "formation", views.formation(app, it, slug));
      }
      case Release it -> new Shown("api:release", "release", views.release(app, it, baseUrl));
      default -> null;
    };
  }

  private DomainView domain(App app, Domain domain) {
    return views.domain(app, domain, Certificate.of(domain, certificates.list(app.id())));
  }

  private SniEndpointView endpoint(App app, Certificate certificate) {
    return CertificateEndpoints.view(
        app, certificate, certificates.list(app.id()), apps.domains().list(app.id()));
  }

  private static String json(Object view) {
    return new String(Json.write(view), StandardCharsets.UTF_8);
  }
}
