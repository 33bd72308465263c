package dev.slipway.redis;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Instances that are only remembered. There is one host, `here`.
public final class FakeInstances implements InstanceServers {
  final Set<UUID> running = ConcurrentHashMap.newKeySet();
  final Set<UUID> data = ConcurrentHashMap.newKeySet();
  final Map<UUID, List<Backup>> backups = new ConcurrentHashMap<>();
  final List<Instance> ensured = Collections.synchronizedList(new ArrayList<>());
  final List<UUID> sentAway = Collections.synchronizedList(new ArrayList<>());
  volatile long usedMemory = 1_069_547;
  volatile boolean broken;

  /// Why its host is away, or null.
  volatile @Nullable String away;

  /// Instances on such servers.
  public static Instances instances(InstanceStore rows, Clock clock) {
    return new Instances(rows, new FakeInstances(), clock);
  }

  @Override
  public Optional<String> choose(@Nullable String host, List<Instance> all) {
    return host == null || host.equals("here") ? Optional.of("node") : Optional.empty();
  }

  @Override
  public String hostName(String node) {
    return "here";
  }

  @Override
  public boolean runs(Instance instance) {
    return running.contains(instance.id());
  }

  @Override
  public void ensure(Instance instance) {
    if (broken) {
      throw new IllegalStateException("the host is away");
    }
    running.add(instance.id());
    data.add(instance.id());
    ensured.add(instance);
  }

  @Override
  public void sendAway(Instance instance) {
    sentAway.add(instance.id());
  }

  @Override
  public Optional<String> absence(Instance instance) {
    return Optional.ofNullable(away);
  }

  @Override
  public void remove(Instance instance) {
    running.remove(instance.id());
  }

  @Override
  public void erase(Instance instance) {
    data.remove(instance.id());
    backups.remove(instance.id());
  }

  @Override
  public String command(Instance instance, String command) {
    return """
    # Server
    redis_version:8.0.2
    connected_clients:3
    used_memory:%d
    used_memory_human:1.02M
    keyspace_hits:3
    keyspace_misses:1
    """
        .formatted(usedMemory);
  }

  @Override
  public Backup backUp(Instance instance) {
    var all = backups.computeIfAbsent(instance.id(), _ -> new ArrayList<>());
    var made = new Backup("20261201T0100%02dZ.rdb".formatted(all.size()), 100);
    all.addFirst(made);
    return made;
  }

  @Override
  public List<Backup> backups(Instance instance) {
    return List.copyOf(backups.getOrDefault(instance.id(), List.of()));
  }

  @Override
  public Backup restore(Instance instance, Backup backup) {
    if (!backups(instance).contains(backup)) {
      throw UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that backup.");
    }
    return backUp(instance);
  }
}
