package dev.slipway.redis;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Plan;
import dev.slipway.addons.Progress;
import dev.slipway.addons.Provider;
import dev.slipway.addons.Service;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.hosted.HostContainers;
import dev.slipway.hosted.Kept;
import dev.slipway.hosted.Turns;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A Redis on a host's disk. It only writes down what shall be: the `Keeper` makes it. Thread-safe.
public final class RedisProvider implements Provider {
  /// The name of the service.
  public static final String SERVICE = "heroku-redis";

  private static final String HOST = "host";
  private static final String RECOVER = "recover";
  private static final String POLICY = "maxmemory_policy";
  private static final String TIMEOUT = "timeout";
  private static final String EVENTS = "notify_keyspace_events";
  private static final String VERSION = "version";
  private static final Set<String> OPTIONS =
      Set.of(HOST, RECOVER, POLICY, TIMEOUT, EVENTS, VERSION);
  private static final String ONLY_VERSION = "8.0";

  private final InstanceStore rows;
  private final InstanceServers servers;
  private final Turns<Instance> turns;
  private final Kept<Instance> kept;
  private final Clock clock;

  RedisProvider(
      InstanceStore rows,
      InstanceServers servers,
      Turns<Instance> turns,
      Kept<Instance> kept,
      Clock clock) {
    this.rows = rows;
    this.servers = servers;
    this.turns = turns;
    this.kept = kept;
    this.clock = clock;
  }

  @Override
  public Service service() {
    return new Service(
        SERVICE,
        "Heroku Key-Value Store",
        "Redis 8.0 on a host's disk, with TLS",
        "REDIS",
        List.of("URL"),
        RedisPlan.all());
  }

  @Override
  public void check(Map<String, String> options) {
    options.keySet().stream()
        .filter(name -> !OPTIONS.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw refused("there is no option " + name, "Options are " + String.join(", ", OPTIONS));
        });
    if (!options.getOrDefault(VERSION, ONLY_VERSION).equals(ONLY_VERSION)) {
      throw refused("the only version here is " + ONLY_VERSION, "Leave out --version");
    }
    settings(options);
  }

  private static InstanceSettings settings(Map<String, String> options) {
    var usual = InstanceSettings.USUAL;
    return new InstanceSettings(
        EvictionPolicy.named(options.getOrDefault(POLICY, usual.policy().label())),
        seconds(options.getOrDefault(TIMEOUT, Integer.toString(usual.idleSeconds()))),
        options.getOrDefault(EVENTS, usual.events()));
  }

  private static int seconds(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw refused("timeout is a whole number of seconds", "--timeout 300");
    }
  }

  private static UserError refused(String why, String hint) {
    return new UserError(
        new Problem(ErrorCode.INVALID_PARAMS, "The Redis can't be made so", why, hint));
  }

  @Override
  public Progress provision(Addon addon) {
    var instance = rows.ofAddon(addon.id()).orElseGet(() -> begin(addon));
    return switch (instance.stage()) {
      case READY ->
          new Progress.Ready(
              instance.config(), "The Redis is on host " + servers.hostName(instance.node()));
      case MAKING, KEPT -> new Progress.Working();
    };
  }

  private Instance begin(Addon addon) {
    var lost = addon.options().get(RECOVER);
    return lost == null ? create(addon) : recover(addon, lost);
  }

  private Instance create(Addon addon) {
    var host = addon.options().get(HOST);
    var node =
        servers
            .choose(host, rows.all())
            .orElseThrow(() ->
                refused(
                    host == null ? "no host takes one now" : "no host " + host + " takes one now",
                    "./slipway hosts shows the hosts"));
    return rows.insert(
        new Instance(
            UUID.randomUUID(),
            addon.id(),
            addon.createdBy(),
            addon.name(),
            RedisPlan.of(addon.plan()),
            0,
            node,
            Instance.Stage.MAKING,
            List.of(Password.create(now())),
            settings(addon.options()),
            now(),
            null));
  }

  /// Whoever had it made takes it back, under the add-on's new name.
  private Instance recover(Addon addon, String called) {
    var plan = RedisPlan.of(addon.plan());
    return kept.change(
            addon.createdBy(),
            called,
            instance -> {
              requireAsLarge(plan, instance);
              requireThere(instance);
              return instance.recovered(addon.id(), addon.name(), plan);
            })
        .orElseThrow(() ->
            refused(
                "no destroyed Redis of yours is kept under the name " + called,
                "./slipway redis destroyed lists them"));
  }

  /// How much a kept one has can't be asked: it does not run.
  private static void requireAsLarge(RedisPlan plan, Instance kept) {
    if (plan.megabytes() < kept.plan().megabytes()) {
      throw refused(
          kept.name() + " may hold " + kept.plan().megabytes() + " MB, more than the plan has",
          "Recover it by heroku-redis:" + kept.plan().label() + " or a larger plan");
    }
  }

  private void requireThere(Instance kept) {
    if (kept.isOver(clock.instant())) {
      throw refused(
          kept.name() + " is being deleted", "./slipway redis destroyed lists what is kept");
    }
    servers
        .absence(kept)
        .ifPresent(why -> {
          throw refused(
              kept.name() + " can't be recovered, because " + why,
              "./slipway hosts shows the hosts");
        });
  }

  /// The server starts again with other limits.
  @Override
  public Progress changePlan(Addon addon, Plan before) {
    var plan = RedisPlan.of(addon.plan());
    rows.ofAddon(addon.id())
        .ifPresent(found ->
            turns.change(
                found.id(),
                instance -> {
                  requireRoom(plan, instance);
                  return instance.of(plan);
                }));
    return new Progress.Working();
  }

  private void requireRoom(RedisPlan plan, Instance instance) {
    if (plan.megabytes() >= instance.plan().megabytes()) {
      return;
    }
    var used = ServerInfo.parse(servers.command(instance, "INFO")).memoryBytes();
    if (used > plan.megabytes() * HostContainers.MEGABYTE) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              instance.name() + " can't be changed to " + plan.label(),
              "it holds "
                  + Math.ceilDiv(used, HostContainers.MEGABYTE)
                  + " MB, and the plan has "
                  + plan.megabytes(),
              "Delete keys first, or take a larger plan"));
    }
  }

  @Override
  public Map<String, Secret> renew(Addon addon) {
    return rows.ofAddon(addon.id()).map(Instance::config).orElseGet(addon::config);
  }

  /// The data is kept for a while, which is no longer the add-on's.
  @Override
  public boolean deprovision(Addon addon) {
    Optional<Instance> found = rows.ofAddon(addon.id());
    return found.isEmpty()
        || turns.tryChange(found.get().id(), instance -> instance.destroyed(now())).isPresent();
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
