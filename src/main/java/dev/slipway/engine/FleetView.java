package dev.slipway.engine;

import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How the hosts of the fleet do. Thread-safe.
public final class FleetView {
  private static final Logger LOG = Logger.getLogger(FleetView.class.getName());

  private final SwarmNodes nodes;
  private final HostEngines hosts;
  private final NodeEngines engines;

  /// Asks this engine, a manager, and those of the other hosts.
  public FleetView(DockerApi docker, HostEngines hosts) {
    this.nodes = new SwarmNodes(docker);
    this.hosts = hosts;
    this.engines = new NodeEngines(docker, hosts);
  }

  /// A host, how many dynos it has, and what its agent told last.
  public record Seen(SwarmNodes.Node node, int dynos, Optional<HostFigures> figures) {}

  /// All of them.
  public List<Seen> list() {
    var dynos = nodes.dynosByNode();
    return nodes.list().stream()
        .map(node -> new Seen(node, dynos.getOrDefault(node.id(), 0), hosts.figures(node.id())))
        .toList();
  }

  /// What the dynos on a node use; none where there is no way to it. It takes a second.
  public List<DynoUse> dynos(String node) {
    try {
      return engines.of(node).map(DynoUse::of).orElse(List.of());
    } catch (RuntimeException away) {
      LOG.log(Level.FINE, "A host did not tell what its dynos use", away);
      return List.of();
    }
  }
}
