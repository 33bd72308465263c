package dev.slipway.postgres;

import static java.util.Objects.requireNonNull;

import dev.slipway.addons.Addons;
import dev.slipway.addons.Attachment;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.release.Releases;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Brings about what the rows of databases say: makes those that are new, starts again what a host
/// lost, and deletes what was kept for long enough. Control may be killed at any point.
/// Thread-safe.
final class Keeper implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Keeper.class.getName());
  private static final Duration LOOK_EACH = Duration.ofMillis(500);

  /// How often one that is ready is looked at.
  private static final Duration CHECK_EACH = Duration.ofSeconds(10);

  /// How long a destroyed database's data is kept.
  static final Duration KEPT_FOR = Duration.ofDays(7);

  /// How long a login that was replaced is let in at the least.
  static final Duration RETIRED_AFTER = Duration.ofHours(1);

  private final DatabaseStore rows;
  private final DatabaseServers servers;
  private final Turns turns;
  private final Addons addons;
  private final Releases releases;
  private final Runnable fence;
  private final Clock clock;
  private final Map<UUID, Instant> checked = new ConcurrentHashMap<>();
  private final Set<UUID> working = ConcurrentHashMap.newKeySet();
  private final Set<UUID> failing = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private final Thread watch = Thread.ofVirtual().name("databases").unstarted(this::watch);

  /// @param fence throws where another control has taken over
  Keeper(
      DatabaseStore rows,
      DatabaseServers servers,
      Turns turns,
      Addons addons,
      Releases releases,
      Runnable fence,
      Clock clock) {
    this.rows = rows;
    this.servers = servers;
    this.turns = turns;
    this.addons = addons;
    this.releases = releases;
    this.fence = fence;
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
        lookAtAll();
        Thread.sleep(LOOK_EACH);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /// Each on a thread of its own: a host that does not answer holds up its own databases alone.
  private void lookAtAll() {
    try {
      rows.all().stream()
          .filter(this::isDue)
          .filter(database -> working.add(database.id()))
          .forEach(database -> Thread.startVirtualThread(() -> look(database.id())));
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.WARNING, "Databases are looked after again later", e);
      }
    }
  }

  private boolean isDue(Database database) {
    var last = checked.get(database.id());
    return switch (database.stage()) {
      case MAKING -> !failing.contains(database.id()) || isLongAgo(last);
      case READY, KEPT -> isLongAgo(last);
      case FAILED -> false;
    };
  }

  private boolean isLongAgo(@Nullable Instant last) {
    return last == null || !clock.instant().isBefore(last.plus(CHECK_EACH));
  }

  private void look(UUID id) {
    try {
      checked.put(id, clock.instant());
      fence.run();
      turns.tryTake(id, this::step);
      failing.remove(id);
    } catch (RuntimeException e) {
      if (!closed && failing.add(id)) {
        LOG.log(Level.WARNING, "Database " + id + " is tried again each ten seconds", e);
      }
    } finally {
      working.remove(id);
    }
  }

  private Database step(Database database) {
    return switch (database.stage()) {
      case MAKING -> make(database);
      case READY -> keep(database);
      case KEPT -> sweep(database);
      case FAILED -> database;
    };
  }

  private Database make(Database database) {
    try {
      servers.ensure(database);
      return write(database.at(Database.Stage.READY, ""));
    } catch (UserError e) {
      return write(database.at(Database.Stage.FAILED, e.problem().sentence()));
    }
  }

  private Database keep(Database database) {
    if (!servers.runs(database)) {
      servers.ensure(database);
    }
    return retire(database);
  }

  /// Ends logins that nothing has any more.
  private Database retire(Database database) {
    var in = database.logins().stream().filter(login -> isLetIn(database, login)).toList();
    if (in.size() == database.logins().size()) {
      return database;
    }
    var fewer = write(database.letting(in));
    servers.ensure(fewer);
    return fewer;
  }

  private boolean isLetIn(Database database, Login login) {
    var newest = database.login();
    return login.equals(newest)
        || clock.instant().isBefore(newest.madeAt().plus(RETIRED_AFTER))
        || isInUse(database, login);
  }

  /// Dynos that run may have it, whatever became of the release that brings the new one.
  private boolean isInUse(Database database, Login login) {
    var addon = addons.find(requireNonNull(database.addon()));
    return addon.isEmpty()
        || has(addon.get().config(), login)
        || addons.attachments().of(addon.get()).stream().anyMatch(each -> isLive(each, login));
  }

  private boolean isLive(Attachment attachment, Login login) {
    return has(releases.live(attachment.app()).config().values(), login);
  }

  private static boolean has(Map<String, Secret> config, Login login) {
    return config.values().stream().anyMatch(value -> value.reveal().contains(login.user()));
  }

  /// What is outside is not ours to keep.
  private Database sweep(Database database) {
    if (servers.remove(database) && (database.isOutside() || isKeptForLongEnough(database))) {
      servers.erase(database);
      rows.delete(database);
      checked.remove(database.id());
    }
    return database;
  }

  private boolean isKeptForLongEnough(Database database) {
    var since = database.destroyedAt();
    return since != null && !clock.instant().isBefore(since.plus(KEPT_FOR));
  }

  private Database write(Database database) {
    rows.update(database);
    return database;
  }
}
