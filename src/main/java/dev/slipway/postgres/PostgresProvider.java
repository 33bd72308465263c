package dev.slipway.postgres;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Plan;
import dev.slipway.addons.Progress;
import dev.slipway.addons.Provider;
import dev.slipway.addons.Service;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.hosted.Kept;
import dev.slipway.hosted.Turns;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A Postgres database with PgBouncer in front of it. It only writes down what shall be: the
/// `Keeper` makes it. Thread-safe.
public final class PostgresProvider implements Provider {
  /// The name of the service.
  public static final String SERVICE = "heroku-postgresql";

  private static final String HOST = "host";
  private static final String RECOVER = "recover";
  private static final String URL = "url";
  private static final String AUTHORITY = "authority";
  private static final String VERSION = "version";
  private static final String RESTORE = "restore";
  private static final String AT = "at";
  private static final Set<String> OPTIONS =
      Set.of(HOST, RECOVER, URL, AUTHORITY, VERSION, RESTORE, AT);
  private static final String ONLY_VERSION = "17";

  private final DatabaseStore rows;
  private final DatabaseServers servers;
  private final Turns<Database> turns;
  private final Kept<Database> kept;
  private final Restores restores;
  private final Clock clock;

  PostgresProvider(
      DatabaseStore rows,
      DatabaseServers servers,
      Turns<Database> turns,
      Kept<Database> kept,
      Restores restores,
      Clock clock) {
    this.rows = rows;
    this.servers = servers;
    this.turns = turns;
    this.kept = kept;
    this.restores = restores;
    this.clock = clock;
  }

  @Override
  public Service service() {
    return new Service(
        SERVICE,
        "Heroku Postgres",
        "PostgreSQL 17 on a host's disk, with PgBouncer in front",
        "DATABASE",
        List.of("URL", "DIRECT_URL", "SESSION_URL"),
        PostgresPlan.all());
  }

  @Override
  public void check(Map<String, String> options) {
    options.keySet().stream()
        .filter(name -> !OPTIONS.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw refused(
              "there is no option " + name,
              "Options are host, recover, restore, at, url, authority");
        });
    if (!options.getOrDefault(VERSION, ONLY_VERSION).equals(ONLY_VERSION)) {
      throw refused("the only version here is " + ONLY_VERSION, "Leave out --version");
    }
    requireTime(options);
    if (options.containsKey(URL)) {
      if (options.containsKey(RECOVER)) {
        throw refused("url and recover exclude each other", "Leave out one of them");
      }
      Outside.parse(options.get(URL), options.getOrDefault(AUTHORITY, ""));
    }
  }

  /// A time and what is restored to it come together.
  private static void requireTime(Map<String, String> options) {
    if (options.containsKey(RESTORE) != options.containsKey(AT)) {
      throw refused("restore and at go together", "Give a database and a time, or neither");
    }
    try {
      Instant.parse(options.getOrDefault(AT, Instant.EPOCH.toString()));
    } catch (DateTimeParseException e) {
      throw refused("at is no time such as 2026-11-30T17:00:00Z", null);
    }
  }

  private static UserError refused(String why, @Nullable String hint) {
    return new UserError(
        new Problem(ErrorCode.INVALID_PARAMS, "The database can't be made so", why, hint));
  }

  @Override
  public Progress provision(Addon addon) {
    var database = rows.ofAddon(addon.id()).orElseGet(() -> begin(addon));
    return switch (database.stage()) {
      case READY -> new Progress.Ready(database.config(), message(database));
      case FAILED -> new Progress.Failed(database.problem());
      case MAKING, KEPT -> new Progress.Working();
    };
  }

  private String message(Database database) {
    return database.isOutside()
        ? "PgBouncer is in front of the database"
        : "The database is on host " + servers.hostName(database.node());
  }

  private Database begin(Addon addon) {
    var lost = addon.options().get(RECOVER);
    var past = addon.options().get(RESTORE);
    if (past != null) {
      return restore(addon, past);
    }
    return lost == null ? create(addon) : recover(addon, lost);
  }

  /// As another database of the same account was, on the host that has its backups: that is its
  /// own, unless somebody says that another one has them, too.
  private Database restore(Addon addon, String called) {
    var source =
        rows.all().stream()
            .filter(each -> each.name().equals(called) || each.id().toString().equals(called))
            .filter(each -> each.owner().equals(addon.createdBy()) && !each.isOutside())
            .reduce((_, later) -> later)
            .orElseThrow(() -> refused("you have no database " + called, null));
    var at = Instant.parse(addon.options().getOrDefault(AT, ""));
    restores.requireReach(source, at);
    var host = addon.options().get(HOST);
    var node = host == null ? present(source) : choose(host);
    // Before its row: from then on it is made.
    var id = UUID.randomUUID();
    restores.seed(id, source, at);
    return insert(id, addon, node, null);
  }

  private String present(Database source) {
    servers
        .absence(source)
        .ifPresent(away -> {
          throw away.problem();
        });
    return source.node();
  }

  private Database create(Addon addon) {
    var node = choose(addon.options().get(HOST));
    var url = addon.options().get(URL);
    return insert(
        UUID.randomUUID(),
        addon,
        node,
        url == null ? null : Outside.parse(url, addon.options().getOrDefault(AUTHORITY, "")));
  }

  private String choose(@Nullable String host) {
    return servers
        .choose(host, rows.all())
        .orElseThrow(() ->
            refused(
                host == null ? "no host takes one now" : "no host " + host + " takes one now",
                "./slipway hosts shows the hosts"));
  }

  private Database insert(UUID id, Addon addon, String node, @Nullable Outside outside) {
    var now = now();
    return rows.insert(
        new Database(
            id,
            addon.id(),
            addon.createdBy(),
            addon.name(),
            PostgresPlan.of(addon.plan()),
            0,
            node,
            Database.Stage.MAKING,
            "",
            List.of(Login.create(now)),
            outside,
            now,
            null,
            Seats.FIRST,
            null));
  }

  /// Whoever had it made takes it back, under the add-on's new name.
  private Database recover(Addon addon, String called) {
    var plan = PostgresPlan.of(addon.plan());
    return kept.change(
            addon.createdBy(),
            called,
            database -> {
              requireRecoverable(database);
              return database.recovered(addon.id(), addon.name(), plan);
            })
        .orElseThrow(() ->
            refused(
                "no destroyed database of yours is kept under the name " + called,
                "./slipway pg destroyed lists them"));
  }

  private void requireRecoverable(Database database) {
    if (database.isOver(clock.instant())) {
      throw refused(database.name() + " is being deleted", null);
    }
    present(database);
  }

  /// The server starts again with other limits; the pooler lets clients wait meanwhile.
  @Override
  public Progress changePlan(Addon addon, Plan before) {
    var plan = PostgresPlan.of(addon.plan());
    return rows.ofAddon(addon.id())
        .flatMap(found -> turns.take(found.id(), database -> changePlan(database, plan)))
        .orElseGet(Progress.Working::new);
  }

  /// A standby with less than its server does not follow it.
  private Progress changePlan(Database database, PostgresPlan plan) {
    if (database.standby() != null) {
      return new Progress.Failed(
          "it has a standby: ./slipway pg standby --remove first, and make it again afterwards");
    }
    rows.update(database.of(plan));
    return new Progress.Working();
  }

  @Override
  public Map<String, Secret> renew(Addon addon) {
    return rows.ofAddon(addon.id()).map(Database::config).orElseGet(addon::config);
  }

  /// The data is kept for a while, which is no longer the add-on's.
  @Override
  public boolean deprovision(Addon addon) {
    Optional<Database> found = rows.ofAddon(addon.id());
    return found.isEmpty()
        || turns.tryChange(found.get().id(), database -> database.destroyed(now())).isPresent();
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
