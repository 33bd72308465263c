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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Every add-on and its attachments. What is asked for is written down first; a background thread
/// has the provider bring it about and asks again until it is done, so that control can be killed
/// at any point. An add-on's state and the releases that carry its config vars are one transaction.
/// Thread-safe.
public final class Addons implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Addons.class.getName());
  private static final Duration LOOK_EACH = Duration.ofSeconds(1);

  private final Store store;
  private final AddonStore rows;
  private final Apps apps;
  private final Releases releases;
  private final Releaser releaser;
  private final Map<String, Provider> providers;
  private final Clock clock;
  private final AddonNames names = new AddonNames();
  private final Map<UUID, ReentrantLock> locks = new ConcurrentHashMap<>();
  private volatile boolean closed;
  private final Thread watch = Thread.ofVirtual().name("addons").unstarted(this::watch);

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
    this.releases = releases;
    this.releaser = releaser;
    this.providers =
        providers.stream()
            .collect(
                Collectors.toMap(
                    each -> each.service().name(), each -> each, (a, b) -> a, TreeMap::new));
    this.clock = clock;
  }

  /// Takes up what an earlier process left, and goes on looking after the add-ons.
  public void start() {
    watch.start();
  }

  @Override
  public void close() {
    closed = true;
    watch.interrupt();
  }

  /// What can be had, by name.
  public List<Service> services() {
    return providers.values().stream().map(Provider::service).toList();
  }

  /// The service of that name.
  ///
  /// @throws UserError not_found, when there is none
  public Service service(String name) {
    return provider(name).service();
  }

  /// Checks that there is such a service with such a plan and options.
  ///
  /// @throws UserError when there is none
  public void check(AddonRequest request) {
    var provider = provider(request.serviceName());
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
    var service = service(request.serviceName());
    var plan = plan(service, request);
    var given = request.name();
    var addon =
        new Addon(
            UUID.randomUUID(),
            app.id(),
            given == null ? names.next(service) : AddonNames.valid(given),
            service.name(),
            plan.name(),
            request.options(),
            AddonState.PROVISIONING,
            new TreeMap<>(),
            now(),
            "",
            by,
            now(),
            now());
    store.useTransaction(db -> {
      requireFree(db, addon);
      rows.insert(db, addon);
      attach(db, addon, app, request.attachment(), request.confirm());
    });
    settle(addon.id());
    return find(addon.id()).orElseThrow(Addons::noAddon);
  }

  /// All add-ons.
  public List<Addon> list() {
    return rows.all();
  }

  /// The add-on of that identity, if it is still there.
  public Optional<Addon> find(UUID id) {
    return store.read(db -> rows.find(db, id));
  }

  /// All attachments.
  public List<Attachment> attachments() {
    return rows.attachments();
  }

  /// The attachments of an add-on.
  public List<Attachment> attachments(Addon addon) {
    return store.read(db -> rows.attachmentsOf(db, addon));
  }

  /// The attachments of an app.
  public List<Attachment> attachments(AppId app) {
    return store.read(db -> rows.attachmentsOf(db, app));
  }

  /// The names of the config vars that an attachment sets.
  public List<String> configVars(Attachment attachment) {
    return find(attachment.addon()).stream()
        .flatMap(addon -> attachment.configVars(addon).keySet().stream())
        .toList();
  }

  /// Lets another app, or the same one once more, have the add-on.
  ///
  /// @param name what its config vars begin with, or null for the service's usual name
  /// @param confirm the app's name, where something may be overwritten
  public Attachment attach(
      Addon addon, App app, @Nullable String name, @Nullable String confirm, AccountId by) {
    return releaser.together(
        by,
        work -> {
          var current = current(work.db(), addon);
          if (current.state() != AddonState.PROVISIONED) {
            throw notReady(current);
          }
          var attachment = attach(work.db(), current, app, name, confirm);
          change(
              work,
              attachment,
              Attachment.change(Map.of(), attachment.configVars(current)),
              describe("Attach", attachment, current));
          return attachment;
        });
  }

  /// Takes the add-on from an app, which loses its config vars.
  ///
  /// @throws UserError when it is the add-on's last attachment
  public void detach(Attachment attachment, AccountId by) {
    releaser.together(
        by,
        work -> {
          var addon = rows.find(work.db(), attachment.addon()).orElseThrow(Addons::noAddon);
          if (rows.attachmentsOf(work.db(), addon).size() < 2) {
            throw new UserError(
                new Problem(
                    ErrorCode.INVALID_PARAMS,
                    attachment.name() + " can't be detached",
                    "it is the last attachment of " + addon.name(),
                    "heroku addons:destroy " + addon.name() + " destroys the add-on"));
          }
          remove(work, attachment, addon);
          return addon;
        });
  }

  /// Gives the add-on another name; config vars do not depend on it.
  public Addon rename(Addon addon, String name) {
    AddonNames.valid(name);
    return locked(
        addon.id(),
        () ->
            store.inTransaction(db -> {
              var renamed = current(db, addon).named(name, now());
              requireFree(db, renamed);
              rows.update(db, renamed);
              return renamed;
            }));
  }

  /// Changes the add-on's plan.
  ///
  /// @param plan a plan of the same service
  public Addon changePlan(Addon addon, String plan, AccountId by) {
    return locked(
        addon.id(),
        () -> {
          var current = find(addon.id()).orElseThrow(Addons::noAddon);
          if (current.state() != AddonState.PROVISIONED) {
            throw notReady(current);
          }
          var provider = provider(current.service());
          var before = provider.service().plan(current.plan());
          var changed = current.of(provider.service().plan(plan), now());
          apply(changed, provider.changePlan(changed, before), by);
          return find(addon.id()).orElseThrow(Addons::noAddon);
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
          var current = current(work.db(), addon);
          var attachments = rows.attachmentsOf(work.db(), current);
          requireForce(work.db(), current, attachments, force);
          attachments.forEach(each -> remove(work, each, current));
          rows.update(work.db(), current.at(AddonState.DEPROVISIONING, "", now()));
          return current;
        });
    settle(addon.id());
    return find(addon.id()).orElseGet(() -> addon.at(AddonState.DEPROVISIONED, "", now()));
  }

  private void requireForce(Handle db, Addon addon, List<Attachment> attachments, boolean force) {
    var others =
        attachments.stream()
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

  private Attachment attach(
      Handle db, Addon addon, App app, @Nullable String given, @Nullable String confirm) {
    var service = service(addon.service());
    var theirs = rows.attachmentsOf(db, app.id());
    var taken = theirs.stream().map(Attachment::name).collect(Collectors.toUnmodifiableSet());
    var name = given == null ? names.free(service, taken) : given;
    var attachment = new Attachment(UUID.randomUUID(), addon.id(), app.id(), name, now(), now());
    var replaced = theirs.stream().filter(each -> each.name().equals(name)).findFirst();
    requireConfirmed(db, app, attachment, service, replaced, confirm);
    replaced.ifPresent(each -> rows.delete(db, each));
    rows.insert(db, attachment);
    return attachment;
  }

  private void requireConfirmed(
      Handle db,
      App app,
      Attachment attachment,
      Service service,
      Optional<Attachment> replaced,
      @Nullable String confirm) {
    var config = releases.current(db, app.id()).config().values();
    var overwritten =
        service.configVars().stream()
            .map(attachment::configVar)
            .filter(name -> config.containsKey(name))
            .collect(Collectors.joining(", "));
    var what = replaced.isPresent() ? attachment.name() : overwritten;
    if (!what.isEmpty() && !app.name().value().equals(confirm)) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFIRMATION_REQUIRED,
              "This overwrites " + what + " of " + app.name(),
              null,
              "Name it otherwise by --as, or confirm with --confirm " + app.name()));
    }
  }

  private void remove(Releaser.Work work, Attachment attachment, Addon addon) {
    rows.delete(work.db(), attachment);
    change(
        work,
        attachment,
        Attachment.change(attachment.configVars(addon), Map.of()),
        describe("Detach", attachment, addon));
  }

  private void change(
      Releaser.Work work,
      Attachment attachment,
      Map<String, @Nullable String> changes,
      String description) {
    if (!changes.isEmpty()) {
      apps.find(work.db(), attachment.app())
          .ifPresent(app -> work.config(app, changes, description));
    }
  }

  private static String describe(String verb, Attachment attachment, Addon addon) {
    return verb + " " + attachment.name() + " (@" + addon.name() + ")";
  }

  private void watch() {
    try {
      while (!closed) {
        quietly(() -> rows.all().forEach(addon -> quietly(() -> settle(addon.id()))));
        Thread.sleep(LOOK_EACH);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void quietly(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.WARNING, "Add-ons are looked after again later", e);
      }
    }
  }

  /// Does what is to be done for the add-on now.
  private void settle(UUID id) {
    locked(
        id,
        () -> {
          find(id).ifPresent(this::step);
          return id;
        });
  }

  private void step(Addon addon) {
    var provider = provider(addon.service());
    if (addon.state() != AddonState.DEPROVISIONING && isOfNoApp(addon)) {
      destroy(addon, true, addon.createdBy());
      return;
    }
    switch (addon.state()) {
      case PROVISIONING -> apply(addon, provider.provision(addon), addon.createdBy());
      case PROVISIONED ->
          provider
              .renew(addon, now())
              .ifPresent(config ->
                  apply(addon, new Progress.Ready(config, addon.message()), addon.createdBy()));
      case DEPROVISIONING -> deprovision(provider, addon);
      case DEPROVISIONED -> {}
    }
  }

  private boolean isOfNoApp(Addon addon) {
    return apps.find(addon.app()).isEmpty();
  }

  private void deprovision(Provider provider, Addon addon) {
    if (provider.deprovision(addon)) {
      store.useTransaction(db -> rows.delete(db, addon));
    }
  }

  private void apply(Addon addon, Progress progress, AccountId by) {
    switch (progress) {
      case Progress.Ready ready -> configureAll(addon, ready, by);
      case Progress.Working() -> write(addon.at(AddonState.PROVISIONING, "", now()));
      case Progress.Failed(var problem) ->
          write(addon.at(AddonState.DEPROVISIONED, problem, now()));
    }
  }

  private void write(Addon addon) {
    store.useTransaction(db -> {
      if (!isLeaving(db, addon)) {
        rows.update(db, addon);
      }
    });
  }

  /// Someone destroyed it meanwhile.
  private boolean isLeaving(Handle db, Addon addon) {
    return rows.find(db, addon.id())
        .map(now -> now.state() == AddonState.DEPROVISIONING)
        .orElse(true);
  }

  private void configureAll(Addon addon, Progress.Ready ready, AccountId by) {
    var renewed = !ready.config().equals(addon.config());
    var configured =
        renewed
            ? addon.with(ready.config(), ready.message(), now())
            : addon.at(AddonState.PROVISIONED, ready.message(), now());
    releaser.together(
        by,
        work -> {
          if (isLeaving(work.db(), addon)) {
            return addon;
          }
          rows.update(work.db(), configured);
          var verb = addon.config().isEmpty() ? "Attach" : "Update";
          for (var each : rows.attachmentsOf(work.db(), addon)) {
            var changes = Attachment.change(each.configVars(addon), each.configVars(configured));
            if (renewed) {
              change(work, each, changes, describe(verb, each, configured));
            }
          }
          return configured;
        });
  }

  /// Whoever writes an add-on's row does so under its lock, but for one who destroys it: nobody
  /// brings it back from that.
  private <T> T locked(UUID addon, Supplier<T> work) {
    var lock = locks.computeIfAbsent(addon, id -> new ReentrantLock());
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private Provider provider(String service) {
    return Optional.ofNullable(providers.get(service))
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.NOT_FOUND,
                    "Couldn't find that add-on service.",
                    null,
                    "heroku addons:services lists those that are here")));
  }

  private Addon current(Handle db, Addon addon) {
    return rows.find(db, addon.id())
        .filter(now -> now.state() != AddonState.DEPROVISIONING)
        .orElseThrow(Addons::noAddon);
  }

  private void requireFree(Handle db, Addon addon) {
    var taken =
        rows.all(db).stream()
            .anyMatch(each -> each.name().equals(addon.name()) && !each.id().equals(addon.id()));
    if (taken) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "Name " + addon.name() + " is already taken by an add-on.");
    }
  }

  private static UserError notReady(Addon addon) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            addon.name() + " can't be used yet",
            "it is " + addon.state().label(),
            "heroku addons:wait " + addon.name()));
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
