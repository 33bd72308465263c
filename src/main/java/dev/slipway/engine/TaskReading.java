package dev.slipway.engine;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState.Life;
import dev.slipway.engine.DynoState.Phase;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    byService.merge(
        task.service(),
        new Lives(task.createdAt(), state, state.lastEnd() == null ? "" : task.createdAt()),
        Lives::and);
  }

  List<DynoState> states() {
    return byService.values().stream().map(Lives::state).toList();
  }

  private DynoState state(Task task) {
    var labels = task.labels();
    var status = task.status();
    var phase = phase(status);
    var ended = phase instanceof Phase.Ended end ? end : null;
    var container = status.container();
    return new DynoState(
        new ServiceName(label(labels, ServiceBody.SERVICE)),
        AppId.of(label(labels, ServiceBody.APP)),
        DynoName.of(label(labels, ServiceBody.DYNO)),
        labels.containsKey(ServiceBody.ONCE),
        phase,
        ended == null ? 0 : 1,
        ended,
        ended == null ? null : life(task),
        address(task),
        container == null ? null : textOrNull(container.id()),
        textOrNull(task.node()),
        Instant.parse(status.timestamp()));
  }

  /// What was stopped, or had no container, is no crash: Swarm or a rollout had its reasons.
  private static Life life(Task task) {
    var status = task.status();
    var bySelf = status.state().equals("failed") || status.state().equals("complete");
    return new Life(
        Instant.parse(task.createdAt()),
        Instant.parse(status.timestamp()),
        bySelf && status.container() != null);
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
          status.container() == null ? new Phase.Starting() : ended(status, true);
      default -> new Phase.Starting();
    };
  }

  private static Phase ended(Task.Status status, boolean failed) {
    var container = status.container();
    return new Phase.Ended(
        container == null ? 0 : container.exitCode(),
        failed,
        status.err() == null ? status.message() : status.err());
  }

  private @Nullable String address(Task task) {
    for (var attachment : task.attachments()) {
      if (attachment.network().equals(network)) {
        return attachment.addresses().stream()
            .findFirst()
            .filter(address -> address.contains("/"))
            .map(address -> address.substring(0, address.indexOf('/')))
            .orElse(null);
      }
    }
    return null;
  }

  private static @Nullable String textOrNull(String text) {
    return text.isEmpty() ? null : text;
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
      return new Lives(
          newer.created,
          newer.state.after(crashes, end.state.lastEnd(), end.state.lastLife()),
          end.ended);
    }
  }
}
