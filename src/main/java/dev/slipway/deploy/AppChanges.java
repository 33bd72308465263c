package dev.slipway.deploy;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Domain;
import dev.slipway.apps.FormationEntry;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppName;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.observe.Logs;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import dev.slipway.rollout.AppSettings;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.Dynos;
import dev.slipway.rollout.Reason;
import dev.slipway.rollout.RolloutRecord;
import dev.slipway.rollout.Rollouts;
import dev.slipway.source.GitRepositories;
import dev.slipway.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Every change to an app but a deploy of new code. What a change is, is on disk when the call
/// returns; its rollout goes on in the background. Thread-safe.
public final class AppChanges implements Releaser {
  private final Store store;
  private final Apps apps;
  private final Accounts accounts;
  private final Releases releases;
  private final Dynos dynos;
  private final Builds builds;
  private final Rollouts rollouts;
  private final GitRepositories repositories;
  private final AttachedConfig attached;
  private final Logs logs;
  private final AppNames names = new AppNames();

  /// Changes to these apps.
  public AppChanges(
      Store store,
      Apps apps,
      Accounts accounts,
      Releases releases,
      Dynos dynos,
      Builds builds,
      Rollouts rollouts,
      GitRepositories repositories,
      AttachedConfig attached,
      Logs logs) {
    this.store = store;
    this.apps = apps;
    this.accounts = accounts;
    this.releases = releases;
    this.dynos = dynos;
    this.builds = builds;
    this.rollouts = rollouts;
    this.repositories = repositories;
    this.attached = attached;
    this.logs = logs;
  }

  /// Makes an app, with its first, empty release.
  ///
  /// @param name its name, or null for one that we choose
  public App create(@Nullable AppName name, AccountId by) {
    var app = apps.create(name == null ? names.next() : name, by);
    store.inTransaction(db ->
        releases.add(
            db, app.id(), "Initial release", ReleaseStatus.SUCCEEDED, null, ConfigVars.NONE, by));
    rollouts.publishRoutes(Set.of(app.id()));
    logs.act(app.id(), "Release v1 created by user " + email(by));
    return app;
  }

  /// Gives the app another name, and with it another address.
  public App rename(App app, AppName name) {
    var renamed = apps.rename(app.id(), name);
    rollouts.publishRoutes(Set.of(app.id()));
    return renamed;
  }

  /// Turns the maintenance page on or off.
  public App setMaintenance(App app, boolean maintenance) {
    var changed = apps.setMaintenance(app.id(), maintenance);
    rollouts.publishRoutes(Set.of(app.id()));
    return changed;
  }

  /// Stops the app and forgets it, its code and its log.
  public void destroy(App app) {
    var itsBuilds = builds.list(app.id());
    rollouts.abandon(app);
    builds.deleteOutputs(itsBuilds);
    repositories.delete(app.id());
    logs.delete(app.id());
  }

  /// Changes config vars: a release of its own, unless nothing differs.
  ///
  /// @param changes a value sets, null unsets
  public Release setConfig(App app, Map<String, @Nullable String> changes, AccountId by) {
    return released(
        app,
        by,
        db -> {
          var current = releases.current(db, app.id());
          attached.requireFree(db, app.id(), changes.keySet());
          var config = current.config().with(changes);
          AppSettings.of(config);
          if (config.equals(current.config())) {
            return new Added(current, Optional.empty());
          }
          return add(db, app, describe(changes), current.slug().orElse(null), config, by);
        });
  }

  /// Goes back to the code and the config vars of an earlier release, as a new one.
  ///
  /// @throws UserError when that release never went live, or has no code
  public Release rollback(App app, Release target, AccountId by) {
    if (target.slug().isEmpty() || target.status() != ReleaseStatus.SUCCEEDED) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Cannot roll back to " + target.version() + ".",
              target.slug().isEmpty() ? "it holds no code" : "it never went live",
              "heroku releases lists those that did"));
    }
    return released(
        app,
        by,
        db ->
            add(
                db,
                app,
                "Rollback to " + target.version(),
                target.slug().orElseThrow(),
                target.config().with(ofAddons(db, app)),
                by));
  }

  /// Add-ons stay as they are when an app goes back.
  private Map<String, @Nullable String> ofAddons(Handle db, App app) {
    var values = new TreeMap<String, @Nullable String>();
    attached.of(db, app.id()).forEach((name, value) -> values.put(name, value.reveal()));
    return values;
  }

  /// Makes a release of code that was built before, with the config vars of now.
  public Release release(App app, Slug slug, String description, AccountId by) {
    return released(
        app,
        by,
        db -> add(db, app, description, slug, releases.current(db, app.id()).config(), by));
  }

  /// Changes how many dynos of which size run.
  ///
  /// @return the whole formation
  public List<FormationEntry> scale(App app, List<ScaleRequest> requests, AccountId by) {
    var scaled =
        store.inTransaction(db -> {
          var wanted = applied(requests, apps.formation(db, app.id()));
          apps.scale(db, app.id(), wanted);
          return new Scaled(wanted, addRollout(db, app, Reason.SCALE, new DynoSelection.All()));
        });
    logs.act(app.id(), "Scaled to " + words(scaled.entries()) + " by user " + email(by));
    rollouts.begin(scaled.rollout());
    rollouts.publishRoutes(Set.of(app.id()));
    return apps.formation(app.id());
  }

  private record Scaled(List<FormationEntry> entries, RolloutRecord rollout) {}

  private static List<FormationEntry> applied(
      List<ScaleRequest> requests, List<FormationEntry> formation) {
    var wanted = new ArrayList<FormationEntry>();
    for (var request : requests) {
      formation.stream()
          .filter(each -> each.type().equals(request.type()))
          .findFirst()
          .ifPresentOrElse(
              entry -> wanted.add(applied(request, entry)),
              () -> {
                throw Apps.noSuchType(request.type());
              });
    }
    return wanted;
  }

  /// Replaces dynos by fresh ones of the same release.
  ///
  /// @throws UserError not_found, when a single dyno is asked for that does not run
  public void restart(App app, DynoSelection selection) {
    var known = dynos.list(app.id()).stream().anyMatch(dyno -> selection.includes(dyno.name()));
    if (!known && selection instanceof DynoSelection.One) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that process.");
    }
    if (known) {
      rollouts.begin(store.inTransaction(db -> addRollout(db, app, Reason.RESTART, selection)));
    }
  }

  /// Adds a domain; it answers as soon as its DNS leads here.
  public Domain addDomain(App app, String hostname) {
    var domain = apps.domains().add(app.id(), hostname);
    rollouts.publishRoutes(Set.of(app.id()));
    return domain;
  }

  /// Removes a domain, by host name or id.
  public Domain removeDomain(App app, String hostnameOrId) {
    var domain = apps.domains().remove(app.id(), hostnameOrId);
    rollouts.publishRoutes(Set.of(app.id()));
    return domain;
  }

  /// Whether a router is there to take requests.
  public boolean isRouting() {
    return rollouts.hasRouter();
  }

  /// Gives the routers what is recorded of all apps now.
  public void publishRoutes() {
    rollouts.publishRoutes();
  }

  private static FormationEntry applied(ScaleRequest request, FormationEntry entry) {
    var quantity = request.quantity();
    var size = request.size();
    return new FormationEntry(
        entry.id(),
        entry.type(),
        quantity == null ? entry.quantity() : quantity.from(entry.quantity()),
        size == null ? entry.size() : size);
  }

  private record Added(Release release, Optional<RolloutRecord> rollout) {}

  private Release released(App app, AccountId by, Function<Handle, Added> change) {
    return begun(app, store.inTransaction(change), by);
  }

  private Release begun(App app, Added added, AccountId by) {
    if (added.rollout().isPresent()) {
      rollouts.begin(added.rollout().get());
    }
    logs.act(app.id(), "Release " + added.release().version() + " created by user " + email(by));
    return added.release();
  }

  @Override
  public <T> T together(AccountId by, Function<Work, T> work) {
    var afterwards = new ArrayList<Runnable>();
    var result = store.inTransaction(db -> work.apply(new InTransaction(db, by, afterwards)));
    afterwards.forEach(Runnable::run);
    return result;
  }

  private final class InTransaction implements Work {
    private final Handle db;
    private final AccountId by;
    private final List<Runnable> afterwards;

    InTransaction(Handle db, AccountId by, List<Runnable> afterwards) {
      this.db = db;
      this.by = by;
      this.afterwards = afterwards;
    }

    @Override
    public Handle db() {
      return db;
    }

    @Override
    public Release code(App app, Slug slug, String description) {
      var own = releases.addSlug(db, slug.onto(app.id()));
      apps.declare(db, app.id(), own.processes().keySet());
      return keep(app, description, own, releases.current(db, app.id()).config());
    }

    @Override
    public Release config(App app, Map<String, @Nullable String> changes, String description) {
      var current = releases.current(db, app.id());
      var config = current.config().with(changes);
      AppSettings.of(config);
      return keep(app, description, current.slugOrNull(), config);
    }

    private Release keep(App app, String description, @Nullable Slug slug, ConfigVars config) {
      var added = add(db, app, description, slug, config, by);
      afterwards.add(() -> begun(app, added, by));
      return added.release();
    }
  }

  /// Whether a release's command is still to end, or to begin.
  public boolean isPhaseAhead(Release release) {
    return rollouts.isPhaseAhead(release.id());
  }

  @Override
  public Optional<String> problem(UUID release) {
    return rollouts.problem(release);
  }

  /// A release without code has nothing to roll out: it is live as soon as it is written down.
  private Added add(
      Handle db,
      App app,
      String description,
      @Nullable Slug slug,
      ConfigVars config,
      AccountId by) {
    var status = slug == null ? ReleaseStatus.SUCCEEDED : ReleaseStatus.PENDING;
    var release = releases.add(db, app.id(), description, status, slug, config, by);
    return new Added(
        release,
        slug == null
            ? Optional.empty()
            : Optional.of(rollouts.add(db, app, release, Reason.RELEASE, new DynoSelection.All())));
  }

  private RolloutRecord addRollout(Handle db, App app, Reason reason, DynoSelection selection) {
    return rollouts.add(db, app, releases.live(db, app.id()), reason, selection);
  }

  /// Heroku's words, such as `Set A, B config vars`; names only.
  private static String describe(Map<String, @Nullable String> changes) {
    var set = new TreeSet<String>();
    var removed = new TreeSet<String>();
    changes.forEach((name, value) -> (value == null ? removed : set).add(name));
    var parts = new ArrayList<String>();
    if (!set.isEmpty()) {
      parts.add("Set " + String.join(", ", set));
    }
    if (!removed.isEmpty()) {
      parts.add("Remove " + String.join(", ", removed));
    }
    return String.join(", ", parts) + " config vars";
  }

  private static String words(List<FormationEntry> entries) {
    return entries.stream()
        .map(entry -> entry.type() + "@" + entry.quantity() + ":" + entry.size().label())
        .collect(Collectors.joining(" "));
  }

  private String email(AccountId account) {
    return accounts.get(account).email();
  }
}
