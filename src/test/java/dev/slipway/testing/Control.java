package dev.slipway.testing;

import dev.slipway.accounts.Account;
import dev.slipway.accounts.Accounts;
import dev.slipway.addons.AddonStore;
import dev.slipway.apps.App;
import dev.slipway.apps.AppEvents;
import dev.slipway.apps.Apps;
import dev.slipway.apps.FormationEntry;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoName;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.deploy.AppChanges;
import dev.slipway.deploy.Builds;
import dev.slipway.engine.Engine;
import dev.slipway.image.ImageReference;
import dev.slipway.observe.Logs;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import dev.slipway.rollout.DynoEvents;
import dev.slipway.rollout.DynoSelection;
import dev.slipway.rollout.DynoView;
import dev.slipway.rollout.DynoWatch;
import dev.slipway.rollout.Dynos;
import dev.slipway.rollout.Reason;
import dev.slipway.rollout.Receipts;
import dev.slipway.rollout.RolloutInProgress;
import dev.slipway.rollout.RolloutOutcome;
import dev.slipway.rollout.RolloutRecord;
import dev.slipway.rollout.Rollouts;
import dev.slipway.rollout.StepObserver;
import dev.slipway.router.Routers;
import dev.slipway.source.GitRepositories;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Control without its HTTP edges, on a directory and an engine of the test's. Closing it leaves
/// the directory and the engine as a killed control does; another one can go on from there.
public final class Control implements AutoCloseable {
  private final Store store;
  private final Logs logs;
  private final DynoWatch watch;
  private final Apps apps;
  private final Accounts accounts;
  private final Releases releases;
  private final Dynos dynos;
  private final Receipts receipts;
  private final Routers routers = new Routers();
  private final Rollouts rollouts;
  private final AddonStore addonStore;
  private final AppChanges changes;
  private final Map<UUID, RolloutInProgress> begun = new ConcurrentHashMap<>();

  /// Starts on what the directory holds.
  public Control(Path home, Engine engine, StepObserver observer) {
    var clock = Clock.systemUTC();
    this.store = Store.open(home.resolve("control.db"));
    this.logs = new Logs(home.resolve("logs"), clock);
    this.watch = new DynoWatch(engine);
    this.apps = new Apps(store, clock);
    this.accounts = new Accounts(store, clock);
    var vault = Vault.open(home.resolve("keyset.json"));
    this.releases = new Releases(store, vault, clock, apps.events());
    this.dynos = new Dynos(store, watch, releases);
    this.receipts = new Receipts(store, clock);
    this.rollouts =
        new Rollouts(store, apps, releases, engine, watch, routers, logs, observer, clock);
    this.addonStore = new AddonStore(store, vault);
    this.changes =
        new AppChanges(
            store,
            apps,
            accounts,
            releases,
            dynos,
            new Builds(store, home.resolve("builds"), clock),
            rollouts,
            new GitRepositories(home.resolve("git")),
            addonStore,
            logs);
    watch.listen(new DynoEvents(apps.events(), dynos, clock.instant()));
    watch.look();
    rollouts.resume();
  }

  /// The account that tests act as.
  public Account account() {
    return accounts.ensure("test@localhost", new Secret("test-key"));
  }

  /// A new app with its first, empty release.
  public App app(String name) {
    var app = apps.create(new AppName(name), account().id());
    add(app, null, ConfigVars.NONE, ReleaseStatus.SUCCEEDED);
    return app;
  }

  /// Releases code whose process types run these commands, and begins its rollout.
  public RolloutRecord release(App app, Map<String, String> commands, ConfigVars config) {
    var slug = slug(app, commands);
    apps.declare(app.id(), slug.processes().keySet());
    var release = add(app, slug, config, ReleaseStatus.PENDING);
    return begin(app, release, Reason.RELEASE, new DynoSelection.All());
  }

  /// Begins a rollout of the release that is live.
  public RolloutRecord change(App app, Reason reason, DynoSelection selection) {
    return begin(app, store.read(db -> releases.live(db, app.id())), reason, selection);
  }

  /// Sets how many dynos of a type the app wants.
  public void want(App app, String type, int quantity) {
    var entry =
        apps.formation(app.id()).stream()
            .filter(each -> each.type().value().equals(type))
            .findFirst()
            .orElseThrow();
    var changed = new FormationEntry(entry.id(), entry.type(), quantity, entry.size());
    store.useTransaction(db -> apps.scale(db, app.id(), List.of(changed)));
  }

  /// What happens to apps.
  public AppEvents events() {
    return apps.events();
  }

  /// The app's dynos.
  public List<DynoView> dynos(App app) {
    watch.look();
    return dynos.list(app.id());
  }

  /// The names of the app's dynos.
  public List<DynoName> names(App app) {
    return dynos(app).stream().map(DynoView::name).toList();
  }

  /// Where routers report.
  public Routers routers() {
    return routers;
  }

  /// Waits for a rollout that this control began.
  public RolloutOutcome await(RolloutRecord rollout, Duration limit) throws InterruptedException {
    return Optional.ofNullable(begun.get(rollout.id())).orElseThrow().await(limit);
  }

  /// Changes apps.
  public AppChanges changes() {
    return changes;
  }

  /// The rows of add-ons.
  public AddonStore addonStore() {
    return addonStore;
  }

  /// The database.
  public Store store() {
    return store;
  }

  /// Every app.
  public Apps apps() {
    return apps;
  }

  /// Runs rollouts.
  public Rollouts rollouts() {
    return rollouts;
  }

  /// The releases of all apps.
  public Releases releases() {
    return releases;
  }

  /// What rollouts cost.
  public Receipts receipts() {
    return receipts;
  }

  /// What apps and platform wrote.
  public Logs logs() {
    return logs;
  }

  @Override
  public void close() {
    rollouts.close();
    logs.close();
    store.close();
  }

  private RolloutRecord begin(App app, Release release, Reason reason, DynoSelection selection) {
    var rollout = store.inTransaction(db -> rollouts.add(db, app, release, reason, selection));
    begun.put(rollout.id(), rollouts.begin(rollout));
    return rollout;
  }

  private Release add(App app, @Nullable Slug slug, ConfigVars config, ReleaseStatus status) {
    return store.inTransaction(
        db -> releases.add(db, app.id(), "Test", status, slug, config, account().id()));
  }

  private Slug slug(App app, Map<String, String> commands) {
    var processes = new TreeMap<ProcessType, SlugProcess>();
    var image = new ImageReference("test", "sha256:" + "0".repeat(64));
    commands.forEach(
        (type, command) -> processes.put(new ProcessType(type), new SlugProcess(image, command)));
    return releases.addSlug(
        new Slug(UUID.randomUUID(), app.id(), "0123456789", "test", processes, Instant.now()));
  }
}
