package dev.slipway.redis;

import static java.util.Objects.requireNonNull;

import dev.slipway.hosted.Credentials;
import dev.slipway.hosted.Rounds;
import dev.slipway.hosted.Rounds.Pace;
import dev.slipway.hosted.Turns;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Brings about what the rows of instances say: makes those that are new, starts again what a host
/// lost, backs up each day, and deletes what was kept for long enough. Control may be killed at any
/// point. Thread-safe.
final class Keeper implements Rounds.Work {
  private static final Logger LOG = Logger.getLogger(Keeper.class.getName());

  /// How long a password that was replaced is let in at the least.
  static final Duration RETIRED_AFTER = Duration.ofHours(1);

  private static final Duration BACK_UP_EACH = Duration.ofDays(1);
  private static final Duration TRY_AGAIN_AFTER = Duration.ofHours(1);

  private final InstanceStore rows;
  private final InstanceServers servers;
  private final Turns<Instance> turns;
  private final Credentials credentials;
  private final Clock clock;
  private final Map<UUID, Instant> nextBackup = new ConcurrentHashMap<>();

  Keeper(
      InstanceStore rows,
      InstanceServers servers,
      Turns<Instance> turns,
      Credentials credentials,
      Clock clock) {
    this.rows = rows;
    this.servers = servers;
    this.turns = turns;
    this.credentials = credentials;
    this.clock = clock;
  }

  @Override
  public Map<UUID, Pace> due() {
    return rows.stages().entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, each -> pace(each.getValue())));
  }

  private static Pace pace(Instance.Stage stage) {
    return switch (stage) {
      case MAKING -> Pace.AT_ONCE;
      case READY, KEPT -> Pace.SELDOM;
    };
  }

  @Override
  public void step(UUID id) {
    turns.tryTake(id, this::step);
  }

  private Instance step(Instance instance) {
    return switch (instance.stage()) {
      case MAKING -> make(instance);
      case READY -> keep(instance);
      case KEPT -> sweep(instance);
    };
  }

  private Instance make(Instance instance) {
    servers.ensure(instance);
    return write(instance.at(Instance.Stage.READY));
  }

  private Instance keep(Instance instance) {
    if (!servers.runs(instance)) {
      servers.ensure(instance);
    }
    backUpIfDue(instance);
    return retire(instance);
  }

  /// A day after the last one, whoever had that made.
  private void backUpIfDue(Instance instance) {
    var now = clock.instant();
    if (now.isBefore(nextBackup(instance))) {
      return;
    }
    nextBackup.put(instance.id(), now.plus(TRY_AGAIN_AFTER));
    try {
      servers.backUp(instance);
      nextBackup.put(instance.id(), now.plus(BACK_UP_EACH));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, instance.name() + " is backed up again in an hour", e);
    }
  }

  /// Its turn is taken, so nobody else looks at its backups meanwhile.
  private Instant nextBackup(Instance instance) {
    var known = nextBackup.get(instance.id());
    if (known != null) {
      return known;
    }
    var next = afterLastBackup(instance);
    nextBackup.put(instance.id(), next);
    return next;
  }

  private Instant afterLastBackup(Instance instance) {
    return Stream.concat(
            Stream.of(instance.createdAt()), servers.backups(instance).stream().map(Backup::madeAt))
        .max(Instant::compareTo)
        .orElseThrow()
        .plus(BACK_UP_EACH);
  }

  /// Ends passwords that nothing has any more, and all connections: until now anybody may have come
  /// with one of those.
  private Instance retire(Instance instance) {
    var in = instance.passwords().stream().filter(each -> isLetIn(instance, each)).toList();
    if (in.size() == instance.passwords().size()) {
      return instance;
    }
    var fewer = instance.letting(in);
    servers.ensure(fewer);
    servers.sendAway(fewer);
    return write(fewer);
  }

  private boolean isLetIn(Instance instance, Password password) {
    var newest = instance.password();
    return password.equals(newest)
        || clock.instant().isBefore(newest.madeAt().plus(RETIRED_AFTER))
        || credentials.areInUse(requireNonNull(instance.addon()), password.value().reveal());
  }

  private Instance sweep(Instance instance) {
    servers.remove(instance);
    if (instance.isOver(clock.instant())) {
      servers.erase(instance);
      rows.delete(instance);
      nextBackup.remove(instance.id());
    }
    return instance;
  }

  private Instance write(Instance instance) {
    rows.update(instance);
    return instance;
  }
}
