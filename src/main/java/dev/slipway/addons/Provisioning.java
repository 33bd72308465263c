package dev.slipway.addons;

import dev.slipway.apps.Apps;
import dev.slipway.core.AccountId;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Releaser;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;

/// Has providers bring about what the rows of add-ons say is to be done. A background thread asks
/// them again until it is, so that control can be killed at any point. Thread-safe.
final class Provisioning implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Provisioning.class.getName());
  private static final Duration LOOK_EACH = Duration.ofSeconds(1);

  private final Store store;
  private final AddonStore rows;
  private final Apps apps;
  private final Releaser releaser;
  private final Providers providers;
  private final Attachments attachments;
  private final Clock clock;
  private final Map<UUID, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Set<UUID> failing = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private final Thread watch = Thread.ofVirtual().name("addons").unstarted(this::watch);

  Provisioning(
      Store store,
      AddonStore rows,
      Apps apps,
      Releaser releaser,
      Providers providers,
      Attachments attachments,
      Clock clock) {
    this.store = store;
    this.rows = rows;
    this.apps = apps;
    this.releaser = releaser;
    this.providers = providers;
    this.attachments = attachments;
    this.clock = clock;
  }

  void start() {
    watch.start();
  }

  @Override
  public void close() {
    closed = true;
    watch.interrupt();
  }

  private void watch() {
    try {
      while (!closed) {
        settleWhatIsDue();
        Thread.sleep(LOOK_EACH);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void settleWhatIsDue() {
    try {
      rows.outlines().forEach(each -> trying(each.id(), () -> settleIfDue(each)));
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.WARNING, "Add-ons are looked after again later", e);
      }
    }
  }

  private void settleIfDue(AddonOutline addon) {
    if (isDue(addon)) {
      step(addon.id());
    }
  }

  private boolean isDue(AddonOutline addon) {
    return switch (addon.state()) {
      case PROVISIONING, DEPROVISIONING -> true;
      case PROVISIONED ->
          addon.isOfNoApp() || isToBeRenewed(addon.service(), addon.plan(), addon.configuredAt());
      case DEPROVISIONED -> addon.isOfNoApp();
    };
  }

  private boolean isToBeRenewed(String service, String plan, Instant configuredAt) {
    return providers
        .get(service)
        .renewAt(plan, configuredAt)
        .filter(time -> !clock.instant().isBefore(time))
        .isPresent();
  }

  /// Does what is to be done for the add-on now. What fails is tried again each second, and logged
  /// the first time.
  void settle(UUID id) {
    trying(id, () -> step(id));
  }

  private void trying(UUID id, Runnable work) {
    try {
      work.run();
      failing.remove(id);
    } catch (RuntimeException e) {
      if (!closed && failing.add(id)) {
        LOG.log(Level.WARNING, "Add-on " + id + " is tried again each second", e);
      }
    }
  }

  private void step(UUID id) {
    locked(
        id,
        () -> {
          store.read(db -> rows.find(db, id)).ifPresentOrElse(this::step, () -> forget(id));
          return id;
        });
  }

  private void step(Addon addon) {
    var provider = providers.get(addon.service());
    switch (isOfNoApp(addon) ? ended(addon).state() : addon.state()) {
      case PROVISIONING -> provision(provider, addon);
      case PROVISIONED -> renew(provider, addon);
      case DEPROVISIONING -> deprovision(provider, addon);
      case DEPROVISIONED -> {}
    }
  }

  private boolean isOfNoApp(Addon addon) {
    return apps.find(addon.app()).isEmpty();
  }

  private Addon ended(Addon addon) {
    return addon.state() == AddonState.DEPROVISIONING
        ? addon
        : releaser.together(addon.createdBy(), work -> end(work, rows.current(work.db(), addon)));
  }

  /// Takes the add-on from all apps, and has it deprovisioned from now on.
  Addon end(Releaser.Work work, Addon addon) {
    rows.attachmentsOf(work.db(), addon).forEach(each -> attachments.remove(work, each, addon));
    var ending = addon.at(AddonState.DEPROVISIONING, "", now());
    rows.update(work.db(), ending);
    return ending;
  }

  /// Whatever its owner could act on ends it: asked for again, it would be refused again.
  private void provision(Provider provider, Addon addon) {
    try {
      apply(addon, provider.provision(addon), addon.createdBy());
    } catch (UserError e) {
      apply(addon, new Progress.Failed(e.problem().sentence()), addon.createdBy());
    }
  }

  private void renew(Provider provider, Addon addon) {
    if (isToBeRenewed(addon.service(), addon.plan(), addon.configuredAt())) {
      apply(addon, new Progress.Ready(provider.renew(addon), addon.message()), addon.createdBy());
    }
  }

  private void deprovision(Provider provider, Addon addon) {
    if (provider.deprovision(addon)) {
      store.useTransaction(db -> rows.delete(db, addon));
      forget(addon.id());
    }
  }

  private void forget(UUID gone) {
    locks.remove(gone);
    failing.remove(gone);
  }

  /// Writes down how far the add-on is; the apps get its config vars when it is ready.
  void apply(Addon addon, Progress progress, AccountId by) {
    switch (progress) {
      case Progress.Ready ready -> configure(addon, ready, by);
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

  private void configure(Addon addon, Progress.Ready ready, AccountId by) {
    var renewed = !ready.config().equals(addon.config());
    var configured =
        renewed
            ? addon.with(ready.config(), ready.message(), now())
            : addon.at(AddonState.PROVISIONED, ready.message(), now());
    releaser.together(
        by,
        work -> {
          if (!isLeaving(work.db(), addon)) {
            rows.update(work.db(), configured);
            if (renewed) {
              attachments.update(work, addon, configured);
            }
          }
          return configured;
        });
  }

  /// Does the work for the add-on while nobody else does any.
  ///
  /// Whoever writes an add-on's row does so under its lock, but for one who destroys it: nobody
  /// brings it back from that.
  <T> T locked(UUID addon, Supplier<T> work) {
    var lock = locks.computeIfAbsent(addon, id -> new ReentrantLock());
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
