package dev.slipway.engine;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState.Phase;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads dynos' states from the tasks of their services: the newest is the dyno, the others are its
/// earlier lives. Of each task only what that takes is kept.
final class TaskReading {
  private final String network;
  private final Map<String, Lives> byService = new HashMap<>();

  TaskReading(String network) {
    this.network = network;
  }

  void add(Task task) {
    var state = state(task);
    var created = String.valueOf(task.createdAt());
    byService.merge(
        task.service(),
        new Lives(created, state, state.lastEnd() == null ? "" : created),
        Lives::and);
  }

  List<DynoState> states() {
    return byService.values().stream().map(Lives::state).toList();
  }

  private DynoState state(Task task) {
    var labels = task.labels();
    var status = Optional.ofNullable(task.status()).orElseThrow();
    var phase = phase(status);
    var ended = phase instanceof Phase.Ended end ? end : null;
    var container = status.containerStatus();
    return new DynoState(
        new ServiceName(label(labels, ServiceBody.SERVICE)),
        AppId.of(label(labels, ServiceBody.APP)),
        DynoName.of(label(labels, ServiceBody.DYNO)),
        labels.containsKey(ServiceBody.ONCE),
        phase,
        ended == null ? 0 : 1,
        ended,
        address(task),
        container == null ? null : textOrNull(container.containerID()),
        textOrNull(task.nodeID()),
        Instant.parse(status.timestamp()));
  }

  private static String label(Map<String, String> labels, String name) {
    return labels.getOrDefault(name, "");
  }

  /// Swarm's task states; a state that this does not know yet counts as starting. A task that was
  /// called off before it had a container is no life of the dyno: another one takes its place.
  private static Phase phase(Task.Status status) {
    return switch (status.state()) {
      case "new", "allocated", "pending" ->
          status.err() == null ? new Phase.Starting() : new Phase.Waiting(status.err());
      case "running" -> new Phase.Running();
      case "complete" -> ended(status, false);
      case "failed", "rejected" -> ended(status, true);
      case "shutdown", "orphaned", "remove" ->
          status.containerStatus() == null ? new Phase.Starting() : ended(status, true);
      default -> new Phase.Starting();
    };
  }

  private static Phase ended(Task.Status status, boolean failed) {
    var exitCode =
        Optional.ofNullable(status.containerStatus()).map(Task.ContainerStatus::exitCode);
    var message = status.message() == null ? "" : status.message();
    return new Phase.Ended(
        exitCode.orElse(0), failed, status.err() == null ? message : status.err());
  }

  private @Nullable String address(Task task) {
    for (var attachment : Optional.ofNullable(task.networksAttachments()).orElse(List.of())) {
      var name =
          Optional.ofNullable(attachment.network())
              .map(Task.Network::spec)
              .map(Task.NetworkSpec::name);
      if (name.filter(network::equals).isPresent()) {
        return Optional.ofNullable(attachment.addresses()).stream()
            .flatMap(Collection::stream)
            .findFirst()
            .filter(address -> address.contains("/"))
            .map(address -> address.substring(0, address.indexOf('/')))
            .orElse(null);
      }
    }
    return null;
  }

  private static @Nullable String textOrNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  /// A service's tasks as far as they are read.
  ///
  /// @param created when the newest was made
  /// @param ended when the newest was made that has ended; empty when none has
  private record Lives(String created, DynoState state, String ended) {
    Lives and(Lives other) {
      var newer = created.compareTo(other.created) >= 0 ? this : other;
      var end = ended.compareTo(other.ended) >= 0 ? this : other;
      var crashes = state.crashes() + other.state.crashes();
      return new Lives(newer.created, newer.state.after(crashes, end.state.lastEnd()), end.ended);
    }
  }
}
