package dev.slipway.engine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The engines of the Swarm's nodes: this host's own, and those that there is a way to.
/// Thread-safe.
public final class NodeEngines {
  private final DockerApi docker;
  private final HostEngines others;
  private final SwarmNodes nodes;
  private @Nullable String own;

  /// Asks this engine, and those of the other hosts.
  public NodeEngines(DockerApi docker, HostEngines others) {
    this.docker = docker;
    this.others = others;
    this.nodes = new SwarmNodes(docker);
  }

  /// The engine of a node, as far as there is a way to it; where no node is named, this host's.
  public Optional<DockerApi> of(@Nullable String node) {
    return node == null || node.equals(own()) ? Optional.of(docker) : others.of(node);
  }

  /// This host's node id. It changes only with the Swarm.
  public synchronized String own() {
    if (own == null || own.isEmpty()) {
      own = nodes.own();
    }
    return own;
  }
}
