package dev.slipway.redis;

import static dev.slipway.hosted.HostContainers.MEGABYTE;
import static dev.slipway.hosted.HostContainers.await;
import static dev.slipway.hosted.HostContainers.execute;
import static dev.slipway.hosted.HostContainers.stop;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.ContainerSpec;
import dev.slipway.engine.ContainerSpec.Limits;
import dev.slipway.engine.ContainerSpec.Mount;
import dev.slipway.engine.Containers;
import dev.slipway.engine.DockerApi;
import dev.slipway.hosted.HostContainers;
import dev.slipway.hosted.HostContainers.Owner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Instances in plain containers on the hosts that have their data.
public final class DockerInstances implements InstanceServers {
  /// On each container of an instance; its value is the instance's id.
  public static final String LABEL = "slipway.redis";

  private static final String DATA = "/var/lib/slipway/redis";
  private static final String BACKUPS = "/var/lib/slipway/backups/redis";
  private static final String IMAGE = "slipway-redis";
  private static final int PROCESSES = 64;
  private static final String BACKUPS_KEPT = "7";

  /// Besides the clients of apps: control, and whoever looks after it.
  private static final int OWN_CONNECTIONS = 4;

  private final HostContainers hosts;

  /// Runs them on the hosts.
  public DockerInstances(HostContainers hosts) {
    this.hosts = hosts;
  }

  @Override
  public Optional<String> choose(@Nullable String host, List<Instance> all) {
    return hosts.choose(
        host,
        all.stream()
            .collect(
                Collectors.groupingBy(
                    Instance::node, Collectors.summingLong(each -> each.plan().megabytes()))));
  }

  @Override
  public String hostName(String node) {
    return hosts.hostName(node);
  }

  @Override
  public boolean runs(Instance instance) {
    return hosts.runs(instance.node(), List.of(instance.server()));
  }

  @Override
  public void ensure(Instance instance) {
    var engine = engine(instance);
    hosts.run(engine, server(instance));
    await(
        instance.name() + " does not answer",
        () -> {
          execute(engine, instance.server(), instance.settings().text(), "store-file", "settings");
          execute(engine, instance.server(), AccessRules.of(instance), "store-file", "users");
          execute(engine, instance.server(), "PING\n", "store-commands");
        });
  }

  private DockerApi engine(Instance instance) {
    return hosts.engine(instance.node());
  }

  private ContainerSpec server(Instance instance) {
    var plan = instance.plan();
    return new ContainerSpec(
        instance.server(),
        IMAGE,
        List.of(
            "--maxmemory",
            plan.megabytes() + "mb",
            "--maxclients",
            Integer.toString(plan.connections() + OWN_CONNECTIONS)),
        Map.of(),
        owner(instance).labels(),
        List.of(
            new Mount(DATA + "/" + instance.id(), "/srv/slipway/data", false),
            new Mount(BACKUPS + "/" + instance.id(), "/srv/slipway/backups", false)),
        List.of(),
        Map.of(),
        List.of(),
        List.of(hosts.at(hosts.addresses().ofRedis(instance.number()))),
        null,
        new Limits(plan.containerMegabytes() * MEGABYTE, 0, PROCESSES),
        HostContainers.FEW);
  }

  private static Owner owner(Instance instance) {
    return new Owner(LABEL, instance.id());
  }

  /// A server does not tell by which password a connection came.
  @Override
  public void sendAway(Instance instance) {
    for (var type : List.of("normal", "pubsub")) {
      command(instance, "CLIENT KILL TYPE " + type + " USER default");
    }
  }

  @Override
  public Optional<String> absence(Instance instance) {
    return hosts.absence(instance.node());
  }

  @Override
  public void remove(Instance instance) {
    if (hosts.isForgotten(instance.node())) {
      return;
    }
    stop(new Containers(engine(instance)), instance.server());
  }

  @Override
  public void erase(Instance instance) {
    if (hosts.isForgotten(instance.node())) {
      return;
    }
    hosts.runOnce(
        engine(instance),
        IMAGE,
        owner(instance),
        List.of(new Mount(DATA, "/srv/data", false), new Mount(BACKUPS, "/srv/backups", false)),
        "rm",
        "-rf",
        "/srv/data/" + instance.id(),
        "/srv/backups/" + instance.id());
  }

  @Override
  public String command(Instance instance, String command) {
    return told(instance, command + "\n", "store-commands");
  }

  @Override
  public Backup backUp(Instance instance) {
    return called(instance, told(instance, "", "store-backup", "make", BACKUPS_KEPT));
  }

  private Backup called(Instance instance, String name) {
    return backups(instance).stream()
        .filter(each -> each.name().equals(name.strip()))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public List<Backup> backups(Instance instance) {
    return told(instance, "", "store-backup", "list").lines().map(Backup::parse).toList();
  }

  @Override
  public Backup restore(Instance instance, Backup backup) {
    var before = told(instance, "", "store-backup", "restore", backup.name(), BACKUPS_KEPT);
    stop(new Containers(engine(instance)), instance.server());
    try {
      armRestore(instance);
    } finally {
      ensure(instance);
    }
    return called(instance, before);
  }

  /// Only once the server is stopped: one that went on writing would lose that when it starts the
  /// next time.
  private void armRestore(Instance instance) {
    hosts.runOnce(
        engine(instance),
        IMAGE,
        owner(instance),
        List.of(new Mount(DATA + "/" + instance.id(), "/srv/data", false)),
        "mv",
        "/srv/data/restore.rdb.new",
        "/srv/data/restore.rdb");
  }

  private String told(Instance instance, String input, String... command) {
    try {
      return execute(engine(instance), instance.server(), input, command);
    } catch (IllegalStateException e) {
      throw new UserError(
          new Problem(
              ErrorCode.FAILED,
              instance.name() + " did not do that",
              String.valueOf(e.getMessage()),
              null),
          e);
    }
  }
}
