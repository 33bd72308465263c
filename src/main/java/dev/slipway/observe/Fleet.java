package dev.slipway.observe;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.engine.FleetView;
import dev.slipway.engine.HostFigures;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The hosts of the fleet and how they do. Thread-safe.
public interface Fleet {
  /// All hosts, by name.
  List<Host> hosts();

  /// What the dynos on a host use of it; none where there is no way to it.
  List<Use> dynos(Host host);

  /// A host.
  ///
  /// @param id its node's
  /// @param state `ready`, `down`, `joining`, `draining` or `drained`
  /// @param engine the version of its engine
  /// @param figures what its agent told last, or null where that is silent
  record Host(
      String id,
      String name,
      String address,
      String state,
      boolean manager,
      @Nullable String pool,
      String engine,
      int cpus,
      long memoryBytes,
      int dynos,
      @Nullable Figures figures) {}

  /// How busy and full a host is; bytes, and `cpu` from 0 to 1.
  record Figures(
      double cpu, long memoryUsed, long memoryTotal, long diskUsed, long diskTotal, double load) {}

  /// What a dyno uses: processors, and bytes of memory.
  record Use(AppId app, DynoName dyno, double cpu, long memoryBytes) {}

  /// As the Swarm and the agents tell it.
  static Fleet of(FleetView view) {
    return new Fleet() {
      @Override
      public List<Host> hosts() {
        return view.list().stream()
            .map(Fleet::host)
            .sorted(Comparator.comparing(Host::name).thenComparing(Host::id))
            .toList();
      }

      @Override
      public List<Use> dynos(Host host) {
        return view.dynos(host.id()).stream()
            .map(use -> new Use(use.app(), use.dyno(), use.cpu(), use.memoryBytes()))
            .sorted(
                Comparator.comparing((Use use) -> use.app().toString())
                    .thenComparing(use -> use.dyno().toString()))
            .toList();
      }
    };
  }

  private static Host host(FleetView.Seen seen) {
    var node = seen.node();
    return new Host(
        node.id(),
        node.hostName(),
        node.address(),
        node.state(seen.dynos()),
        node.manager(),
        node.pool(),
        node.engine(),
        node.cpus(),
        node.memoryBytes(),
        seen.dynos(),
        figures(seen.figures()));
  }

  private static @Nullable Figures figures(Optional<HostFigures> told) {
    return told.map(it ->
            new Figures(
                it.cpu(),
                it.memoryUsed(),
                it.memoryTotal(),
                it.diskUsed(),
                it.diskTotal(),
                it.load()))
        .orElse(null);
  }
}
