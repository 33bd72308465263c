package dev.slipway.addons;

import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Releaser;
import dev.slipway.release.Releases;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Every add-on. What is asked for is written down first, and brought about in the background. An
/// add-on's state and the releases that carry its config vars are one transaction. Thread-safe.
public final class Addons implements AutoCloseable {
  private final Store store;
  private final AddonStore rows;
  private final Apps apps;
  private final Releaser releaser;
  private final Providers providers;
  private final Attachments attachments;
  private final Provisioning provisioning;
  private final Clock clock;
  private final AddonNames names = new AddonNames();

  /// Add-ons of these providers.
  public Addons(
      Store store,
      AddonStore rows,
      Apps apps,
      Releases releases,
      Releaser releaser,
      List<Provider> providers,
      Clock clock) {
    this.store = store;
    this.rows = rows;
    this.apps = apps;
    this.releaser = releaser;
    this.providers = new Providers(providers);
    this.attachments =
        new Attachments(store, rows, apps, releases, releaser, this.providers, clock);
    this.provisioning =
        new Provisioning(store, rows, apps, releaser, this.providers, attachments, clock);
    this.clock = clock;
  }

  /// Takes up what an earlier process left, and goes on looking after the add-ons.
  public void start() {
    provisioning.start();
  }

  @Override
  public void close() {
    provisioning.close();
  }

  /// Which apps have them, under which names.
  public Attachments attachments() {
    return attachments;
  }

  /// What can be had, by name.
  public List<Service> services() {
    return providers.services();
  }

  /// The service of that name.
  ///
  /// @throws UserError not_found, when there is none
  public Service service(String name) {
    return providers.get(name).service();
  }

  /// Checks that there is such a service with such a plan and options.
  ///
  /// @throws UserError when there is none
  public void check(AddonRequest request) {
    var provider = providers.get(request.serviceName());
    plan(provider.service(), request);
    provider.check(request.options());
  }

  private static Plan plan(Service service, AddonRequest request) {
    return request.plan().contains(":") ? service.plan(request.plan()) : service.plans().getFirst();
  }

  /// Makes an add-on and attaches it to the app. It may take a while until it is provisioned.
  ///
  /// @throws UserError when there is no such plan, a name is taken, or something would be
  ///   overwritten that is not confirmed; nothing is made then
  public Addon create(App app, AddonRequest request, AccountId by) {
    check(request);
    var addon = requested(app.id(), request, by);
    releaser.together(
        by,
        work -> {
          requireFree(work.db(), addon);
          rows.insert(work.db(), addon);
          return attachments.add(work, addon, app, request.attachment(), request.confirm());
        });
    provisioning.settle(addon.id());
    return find(addon.id()).orElseThrow(Addons::noAddon);
  }

  private Addon requested(AppId app, AddonRequest request, AccountId by) {
    var service = service(request.serviceName());
    var given = request.name();
    return new Addon(
        UUID.randomUUID(),
        app,
        given == null ? names.next(service) : AddonNames.valid(given),
        service.name(),
        plan(service, request).name(),
        request.options(),
        AddonState.PROVISIONING,
        new TreeMap<>(),
        now(),
        "",
        by,
        now(),
        now());
  }

  /// All add-ons.
  public List<Addon> list() {
    return rows.all();
  }

  /// The add-on of that identity, if it is still there.
  public Optional<Addon> find(UUID id) {
    return store.read(db -> rows.find(db, id));
  }

  /// Gives the add-on another name; config vars do not depend on it.
  public Addon rename(Addon addon, String name) {
    AddonNames.valid(name);
    return provisioning.locked(
        addon.id(),
        () ->
            store.inTransaction(db -> {
              var renamed = rows.current(db, addon).named(name, now());
              requireFree(db, renamed);
              rows.update(db, renamed);
              return renamed;
            }));
  }

  /// Changes the add-on's plan.
  ///
  /// @param plan a plan of the same service
  /// @throws UserError when it can't be changed so; it is as it was then
  public Addon changePlan(Addon addon, String plan, AccountId by) {
    return provisioning.locked(
        addon.id(),
        () -> {
          var current = find(addon.id()).orElseThrow(Addons::noAddon);
          current.requireProvisioned();
          var provider = providers.get(current.service());
          var before = provider.service().plan(current.plan());
          var changed = current.of(provider.service().plan(plan), now());
          var progress = provider.changePlan(changed, before);
          if (progress instanceof Progress.Failed(var problem)) {
            throw new UserError(
                new Problem(
                    ErrorCode.INVALID_PARAMS,
                    addon.name() + " can't be changed to " + changed.plan(),
                    problem,
                    null));
          }
          provisioning.apply(changed, progress, by);
          return find(addon.id()).orElseThrow(Addons::noAddon);
        });
  }

  /// Gives the apps that have the add-on what its provider has as its config vars now.
  public void refresh(Addon addon, AccountId by) {
    provisioning.locked(
        addon.id(),
        () -> {
          var current = find(addon.id()).orElseThrow(Addons::noAddon);
          current.requireProvisioned();
          var config = providers.get(current.service()).renew(current);
          provisioning.apply(current, new Progress.Ready(config, current.message()), by);
          return current;
        });
  }

  /// Destroys the add-on and what it holds. The apps lose its config vars at once; the rest may
  /// take a while.
  ///
  /// @param force also when other apps have it
  /// @return its last state: `DEPROVISIONED` when nothing is left
  public Addon destroy(Addon addon, boolean force, AccountId by) {
    releaser.together(
        by,
        work -> {
          var current = rows.current(work.db(), addon);
          requireForce(work.db(), current, force);
          return provisioning.end(work, current);
        });
    provisioning.settle(addon.id());
    return find(addon.id()).orElseGet(() -> addon.at(AddonState.DEPROVISIONED, "", now()));
  }

  private void requireForce(Handle db, Addon addon, boolean force) {
    var others =
        rows.attachmentsOf(db, addon).stream()
            .map(Attachment::app)
            .filter(app -> !app.equals(addon.app()))
            .distinct()
            .flatMap(app -> apps.find(db, app).stream())
            .map(app -> app.name().value())
            .collect(Collectors.joining(", "));
    if (!force && !others.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              addon.name() + " can't be destroyed",
              "it is attached to " + others,
              "Detach it there, or add --force"));
    }
  }

  private void requireFree(Handle db, Addon addon) {
    if (rows.isNameOfAnother(db, addon)) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "Name " + addon.name() + " is already taken by an add-on.");
    }
  }

  /// The problem of an add-on that is not there.
  public static UserError noAddon() {
    return new UserError(
        new Problem(
            ErrorCode.NOT_FOUND,
            "Couldn't find that add-on.",
            null,
            "heroku addons lists those of an app"));
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
