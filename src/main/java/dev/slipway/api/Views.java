package dev.slipway.api;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.api.model.AppView;
import dev.slipway.api.model.BuildJson;
import dev.slipway.api.model.CollaboratorView;
import dev.slipway.api.model.DomainView;
import dev.slipway.api.model.DynoJson;
import dev.slipway.api.model.FormationView;
import dev.slipway.api.model.Identity;
import dev.slipway.api.model.Reference;
import dev.slipway.api.model.ReleaseView;
import dev.slipway.api.model.SourceBlob;
import dev.slipway.api.model.UserReference;
import dev.slipway.api.model.VersionReference;
import dev.slipway.apps.App;
import dev.slipway.apps.Collaborator;
import dev.slipway.apps.Domain;
import dev.slipway.apps.FormationEntry;
import dev.slipway.certificates.Certificate;
import dev.slipway.core.AccountId;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.deploy.Build;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import dev.slipway.rollout.DynoView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Shows our records in Heroku's shapes.
final class Views {
  /// What stands for the command of a process that runs what its image says.
  private static final String IMAGE_COMMAND = "(the image's own command)";

  private final Accounts accounts;
  private final Releases releases;
  private final ApiSettings settings;

  Views(Accounts accounts, Releases releases, ApiSettings settings) {
    this.accounts = accounts;
    this.releases = releases;
    this.settings = settings;
  }

  AppView app(App app) {
    return app(app, user(app.owner()), releases.deployedAt(app.id()).orElse(null));
  }

  /// Shows apps of a list, what they have in common looked up once.
  Function<App, AppView> apps() {
    var deployed = releases.deployedAt();
    var owners = users();
    return app -> app(app, owners.apply(app.owner()), deployed.get(app.id()));
  }

  private AppView app(App app, UserReference owner, @Nullable Instant deployedAt) {
    return new AppView(
        false,
        null,
        null,
        Platform.STACK,
        seconds(app.createdAt()),
        Platform.GENERATION,
        settings.gitUrl(app.name()),
        app.id().value(),
        false,
        app.maintenance(),
        app.name().value(),
        null,
        owner,
        Platform.REGION,
        deployedAt == null ? null : seconds(deployedAt),
        null,
        null,
        null,
        Platform.STACK,
        null,
        seconds(app.updatedAt()),
        settings.webUrl(app.name()));
  }

  ReleaseView release(App app, Release release, String baseUrl) {
    return release(
        app, release, releases.current(app.id()).id(), baseUrl, user(release.createdBy()));
  }

  /// Shows releases of a list, what they have in common looked up once.
  Function<Release, ReleaseView> releases(App app, String baseUrl) {
    var current = releases.current(app.id()).id();
    var users = users();
    return release -> release(app, release, current, baseUrl, users.apply(release.createdBy()));
  }

  private ReleaseView release(
      App app, Release release, UUID current, String baseUrl, UserReference by) {
    var runnable = release.status() == ReleaseStatus.SUCCEEDED && release.slug().isPresent();
    return new ReleaseView(
        List.of(),
        reference(app),
        List.of(),
        seconds(release.createdAt()),
        release.id().equals(current),
        release.description(),
        runnable,
        release.id(),
        ReleaseOutputs.path(release).map(path -> baseUrl + path).orElse(null),
        release.slug().map(slug -> new Identity(slug.id())).orElse(null),
        release.status().label(),
        seconds(release.updatedAt()),
        by,
        release.version().value());
  }

  FormationView formation(App app, FormationEntry entry, Optional<Slug> slug) {
    return new FormationView(
        reference(app),
        command(slug, entry.type()),
        seconds(app.createdAt()),
        size(entry.size()),
        entry.id(),
        entry.quantity(),
        entry.size().label(),
        entry.type().value(),
        seconds(app.updatedAt()));
  }

  DynoJson dyno(App app, DynoView dyno) {
    return dyno(app, dyno, null);
  }

  DynoJson dyno(App app, DynoView dyno, @Nullable String attachUrl) {
    return new DynoJson(
        reference(app),
        attachUrl,
        dyno.command(),
        seconds(dyno.createdAt()),
        dyno.id(),
        dyno.name().toString(),
        new VersionReference(dyno.releaseId(), dyno.releaseVersion().value()),
        dyno.size().label(),
        dyno.state(),
        dyno.name().type().value(),
        seconds(dyno.updatedAt()),
        dyno.crashes(),
        dyno.startsAt() == null ? null : seconds(dyno.startsAt()));
  }

  BuildJson build(App app, Build build, String baseUrl) {
    return build(app, build, baseUrl, user(build.createdBy()));
  }

  /// Shows builds of a list, their makers looked up once.
  Function<Build, BuildJson> builds(App app, String baseUrl) {
    var users = users();
    return build -> build(app, build, baseUrl, users.apply(build.createdBy()));
  }

  private BuildJson build(App app, Build build, String baseUrl, UserReference by) {
    return new BuildJson(
        new Identity(app.id().value()),
        List.of(),
        seconds(build.createdAt()),
        build.id(),
        baseUrl + BuildEndpoints.outputPath(build),
        identity(build.release()),
        identity(build.slug()),
        new SourceBlob(null, settings.gitUrl(app.name()), build.commit(), null),
        Platform.STACK.name(),
        build.status().name().toLowerCase(Locale.ROOT),
        seconds(build.updatedAt()),
        by);
  }

  DomainView domain(App app, Domain domain, Optional<Certificate> certificate) {
    return new DomainView(
        null,
        null,
        reference(app),
        settings.hostname(app.name()),
        seconds(domain.createdAt()),
        domain.hostname(),
        domain.id(),
        "custom",
        certificate.map(it -> new Reference(it.id(), it.name())).orElse(null),
        "none",
        seconds(domain.updatedAt()));
  }

  /// The host name that every app has.
  DomainView ownDomain(App app) {
    return new DomainView(
        null,
        null,
        reference(app),
        null,
        seconds(app.createdAt()),
        settings.hostname(app.name()),
        Platform.id("domain", app.id().toString()),
        "heroku",
        null,
        "none",
        seconds(app.createdAt()));
  }

  CollaboratorView owner(App app) {
    return new CollaboratorView(
        reference(app),
        seconds(app.createdAt()),
        Platform.id("collaborator", app.id() + "/" + app.owner()),
        List.of(),
        "owner",
        seconds(app.createdAt()),
        user(app.owner()));
  }

  CollaboratorView collaborator(App app, Collaborator collaborator) {
    var since = seconds(collaborator.createdAt());
    return new CollaboratorView(
        reference(app),
        since,
        collaborator.id(),
        List.of(),
        "collaborator",
        since,
        user(collaborator.account()));
  }

  UserReference user(AccountId id) {
    return reference(accounts.get(id));
  }

  static UserReference reference(Account account) {
    return new UserReference(account.id().value(), account.email());
  }

  /// Looks each account up once.
  private Function<AccountId, UserReference> users() {
    var known = new HashMap<AccountId, UserReference>();
    return id -> known.computeIfAbsent(id, this::user);
  }

  static Reference size(DynoSize size) {
    return Platform.named("dyno-size", size.label());
  }

  static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  static String command(Optional<Slug> slug, ProcessType type) {
    return slug.flatMap(has -> Optional.ofNullable(has.processes().get(type)))
        .flatMap(process -> Optional.ofNullable(process.command()))
        .orElse(IMAGE_COMMAND);
  }

  static Reference reference(App app) {
    return new Reference(app.id().value(), app.name().value());
  }

  private static @Nullable Identity identity(@Nullable UUID id) {
    return id == null ? null : new Identity(id);
  }
}
