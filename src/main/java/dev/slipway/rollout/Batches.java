package dev.slipway.rollout;

import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.engine.Engine;
import dev.slipway.engine.Engine.FreeMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How many new dynos fit beside the old ones at once, host by host: what is free on two hosts is
/// no place for a dyno that needs both.
final class Batches {
  private static final long MEGABYTE = 1024L * 1024L;

  private final Engine engine;
  private final Map<ProcessType, String> pools;

  /// @param pools by process type, the pool of hosts that its dynos are tied to
  Batches(Engine engine, Map<ProcessType, String> pools) {
    this.engine = engine;
    this.pools = pools;
  }

  /// The dynos to start next: all where memory allows, else as many as fit.
  ///
  /// @throws RolloutFailure when not even one fits
  List<Dyno> next(List<Dyno> planned) {
    if (planned.isEmpty()) {
      return planned;
    }
    // Mostly there is room in plenty, and then nobody waits for what is free to the byte.
    if (fitting(planned, engine.freeAtLeast()).size() == planned.size()) {
      return planned;
    }
    var free = engine.freeMemory();
    var batch = fitting(planned, free);
    if (batch.isEmpty()) {
      throw new RolloutFailure(noRoom(planned, free));
    }
    return batch;
  }

  private List<Dyno> fitting(List<Dyno> planned, FreeMemory free) {
    var hosts = free.hosts().stream().map(Host::new).toList();
    return planned.stream().filter(dyno -> place(dyno, hosts)).toList();
  }

  /// On the host that has most, as the engine spreads them.
  private boolean place(Dyno dyno, List<Host> hosts) {
    var needed = dyno.size().memoryBytes();
    var roomiest =
        hosts.stream()
            .filter(host -> host.memory.takes(pool(dyno)))
            .max((left, right) -> Long.compare(left.left, right.left))
            .filter(host -> needed <= host.left);
    roomiest.ifPresent(host -> host.left -= needed);
    return roomiest.isPresent();
  }

  private @Nullable String pool(Dyno dyno) {
    return pools.get(dyno.name().type());
  }

  private String noRoom(List<Dyno> planned, FreeMemory free) {
    var byPool =
        planned.stream()
            .collect(
                Collectors.groupingBy(
                    dyno -> Optional.ofNullable(pool(dyno)).orElse(""),
                    TreeMap::new,
                    Collectors.toList()));
    var lacking = new ArrayList<String>();
    byPool.forEach(
        (pool, dynos) -> lacking.add(lacking(dynos, pool.isEmpty() ? null : pool, free)));
    return "No room for a new dyno beside the old ones: "
        + String.join("; ", lacking)
        + ". Scale something down, choose a smaller size (heroku ps:type), or add a host:"
        + " ./slipway hosts add";
  }

  /// Such as `3 x 512 MB are needed in the pool web, the largest free piece there is 300 MB`.
  private static String lacking(List<Dyno> dynos, @Nullable String pool, FreeMemory free) {
    var sizes =
        dynos.stream()
            .collect(Collectors.groupingBy(Dyno::size, TreeMap::new, Collectors.counting()));
    var needed =
        sizes.entrySet().stream()
            .map(entry -> entry.getValue() + " x " + megabytes(entry.getKey()) + " MB")
            .collect(Collectors.joining(" and "));
    var largest =
        free.hosts().stream()
            .filter(host -> host.takes(pool))
            .mapToLong(Engine.HostMemory::bytes)
            .max();
    var where = pool == null ? "" : " in the pool " + pool;
    if (largest.isEmpty()) {
      return needed + " needed" + where + ", where no host takes dynos";
    }
    return needed
        + " needed"
        + where
        + ", the largest free piece"
        + (pool == null ? "" : " there")
        + " is "
        + Math.max(0, largest.getAsLong()) / MEGABYTE
        + " MB";
  }

  private static long megabytes(DynoSize size) {
    return size.memoryBytes() / MEGABYTE;
  }

  private static final class Host {
    private final Engine.HostMemory memory;
    private long left;

    Host(Engine.HostMemory memory) {
      this.memory = memory;
      this.left = memory.bytes();
    }
  }
}
