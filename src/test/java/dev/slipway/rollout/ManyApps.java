package dev.slipway.rollout;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.App;
import dev.slipway.apps.Apps;
import dev.slipway.apps.FormationEntry;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.core.ServiceName;
import dev.slipway.image.ImageReference;
import dev.slipway.release.ConfigVars;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Releases;
import dev.slipway.release.Slug;
import dev.slipway.release.SlugProcess;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Fills the home of a control that never ran with apps that have releases, config vars and records
/// of dynos, for `bench/api`.
public final class ManyApps {
  private static final ImageReference IMAGE =
      new ImageReference("bench", "sha256:" + "0".repeat(64));

  private final Store store;
  private final Apps apps;
  private final Releases releases;
  private final Accounts accounts;
  private final DynoStore dynos;
  private final RolloutStore rollouts;
  private final Clock clock = Clock.systemUTC();

  private ManyApps(Path home) {
    this.store = Store.open(home.resolve("control.db"));
    this.apps = new Apps(store, clock);
    this.accounts = new Accounts(store, clock);
    this.releases =
        new Releases(store, Vault.open(home.resolve("secrets").resolve("keyset.json")), clock);
    this.dynos = new DynoStore(store);
    this.rollouts = new RolloutStore(store, clock);
  }

  /// Takes the home's directory, the owner's key, how many apps, and how many dynos each has.
  public static void main(String[] arguments) {
    var filler = new ManyApps(Path.of(arguments[0]));
    var owner = filler.accounts.ensure("admin@localhost", new Secret(arguments[1]));
    for (var number = 0; number < Integer.parseInt(arguments[2]); number++) {
      filler.add(new AppName("bench-" + number), owner.id(), Integer.parseInt(arguments[3]));
    }
    filler.store.close();
  }

  private void add(AppName name, AccountId owner, int dynosEach) {
    var app = apps.create(name, owner);
    var processes = new TreeMap<ProcessType, SlugProcess>();
    for (var type : List.of("web", "worker")) {
      processes.put(new ProcessType(type), new SlugProcess(IMAGE, "run " + type));
    }
    apps.declare(app.id(), processes.keySet());
    var slug =
        releases.addSlug(
            new Slug(
                UUID.randomUUID(), app.id(), "0123456789", "Node.js", processes, clock.instant()));
    store.useTransaction(db -> {
      var config = ConfigVars.NONE.with(Map.of("DATABASE_URL", "postgres://u:p@db/" + name));
      releases.add(db, app.id(), "Initial", ReleaseStatus.SUCCEEDED, null, config, owner);
      var live = releases.add(db, app.id(), "Deploy", ReleaseStatus.SUCCEEDED, slug, config, owner);
      var rollout = rollouts.add(db, app.id(), live.id(), Reason.RELEASE, new DynoSelection.All());
      apps.scale(db, app.id(), scaled(app, dynosEach));
      var generation = apps.nextGeneration(db, app.id());
      for (var number = 1; number <= dynosEach; number++) {
        dynos.insert(db, dyno(app, live.id(), number, rollout.id()), generation);
      }
      db.execute("UPDATE rollouts SET step = ? WHERE id = ?", Step.DONE.name(), rollout.id());
    });
  }

  private List<FormationEntry> scaled(App app, int quantity) {
    return apps.formation(app.id()).stream()
        .filter(entry -> entry.type().isWeb())
        .map(entry -> new FormationEntry(entry.id(), entry.type(), quantity, entry.size()))
        .toList();
  }

  private Dyno dyno(App app, UUID release, int number, UUID rollout) {
    var name = new DynoName(ProcessType.WEB, number);
    return new Dyno(
        UUID.randomUUID(),
        app.id(),
        name,
        ServiceName.of(app.id(), name, 1),
        release,
        DynoSize.STANDARD_1X,
        DynoStage.LIVE,
        rollout,
        null,
        clock.instant());
  }
}
