package dev.slipway.engine;

import dev.slipway.core.ServiceName;
import dev.slipway.engine.SwarmNodes.Node;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Chooses the hosts of new dynos, so that those of one process type stand in different zones and
/// on different hosts as far as there are some. Swarm spreads the tasks of one service, and each
/// dyno is a service of its own. Thread-safe.
final class Placement {
  /// The label of a node that says what it shares its fate with, such as a data centre.
  static final String ZONE = "zone";

  private Map<ServiceName, String> seen = Map.of();

  /// Counted once a look: each dyno that starts asks for it, and waits for the others that do.
  private Map<String, Long> seenByNode = Map.of();

  private final Map<ServiceName, String> chosen = new HashMap<>();

  /// Takes in where dynos are now. What was chosen counts until it is seen.
  synchronized void saw(Collection<DynoState> dynos) {
    seen =
        dynos.stream()
            .filter(dyno -> dyno.node() != null)
            .collect(
                Collectors.toUnmodifiableMap(DynoState::service, DynoState::node, (a, _) -> a));
    seenByNode =
        seen.values().stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    chosen.keySet().removeAll(seen.keySet());
  }

  /// The host for a dyno, which counts as being there from now on.
  ///
  /// @param takers the hosts that may have it
  /// @return nothing where it is all the same: Swarm takes the one with the fewest dynos
  synchronized Optional<Node> choose(DynoSpec dyno, List<Node> takers) {
    if (takers.size() < 2 || dyno.beside().size() < 2) {
      return Optional.empty();
    }
    var peers = counts(dyno.beside());
    var zones = zones(takers, peers);
    var all = allCounts();
    var best =
        takers.stream()
            .min(
                Comparator.comparing((Node node) -> zones.getOrDefault(zone(node), 0L))
                    .thenComparing(node -> peers.getOrDefault(node.id(), 0L))
                    .thenComparing(node -> all.getOrDefault(node.id(), 0L))
                    .thenComparing(Node::id));
    best.ifPresent(node -> chosen.put(dyno.service(), node.id()));
    return best;
  }

  /// The dyno was not started after all.
  synchronized void forget(ServiceName service) {
    chosen.remove(service);
  }

  private Map<String, Long> counts(Set<ServiceName> services) {
    return services.stream()
        .map(this::node)
        .flatMap(Optional::stream)
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private Map<String, Long> allCounts() {
    var counts = new HashMap<>(seenByNode);
    chosen.values().forEach(node -> counts.merge(node, 1L, Long::sum));
    return counts;
  }

  private static Map<String, Long> zones(List<Node> takers, Map<String, Long> peers) {
    return takers.stream()
        .collect(
            Collectors.groupingBy(
                Placement::zone,
                Collectors.summingLong(node -> peers.getOrDefault(node.id(), 0L))));
  }

  private Optional<String> node(ServiceName service) {
    var picked = chosen.get(service);
    return Optional.ofNullable(picked == null ? seen.get(service) : picked);
  }

  /// A host without one shares its fate with those that have none either.
  private static String zone(Node node) {
    @Nullable String zone = node.labels().get(ZONE);
    return zone == null ? "" : zone;
  }
}
