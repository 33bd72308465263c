package dev.slipway.engine;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.ServiceName;
import dev.slipway.engine.DynoState.Phase;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a dyno's state from the tasks of its service: the newest is the dyno, the others are its
/// earlier lives.
final class TaskReading {
  private static final Comparator<JsonNode> CREATED =
      Comparator.comparing(task -> task.path("CreatedAt").asString());

  private TaskReading() {}

  static DynoState state(List<JsonNode> tasks, String network) {
    var newest = tasks.stream().max(CREATED).orElseThrow();
    var labels = newest.path("Spec").path("ContainerSpec").path("Labels");
    var status = newest.path("Status");
    var ends = tasks.stream().filter(TaskReading::ended).toList();
    return new DynoState(
        new ServiceName(labels.path(ServiceBody.SERVICE).asString()),
        AppId.of(labels.path(ServiceBody.APP).asString()),
        DynoName.of(labels.path(ServiceBody.DYNO).asString()),
        labels.has(ServiceBody.ONCE),
        phase(status),
        ends.size(),
        lastEnd(ends),
        address(newest, network),
        textOrNull(status.path("ContainerStatus").path("ContainerID")),
        textOrNull(newest.path("NodeID")),
        Instant.parse(status.path("Timestamp").asString()));
  }

  private static Phase.@Nullable Ended lastEnd(List<JsonNode> ends) {
    return ends.stream()
        .max(CREATED)
        .map(task -> phase(task.path("Status")))
        .map(Phase.Ended.class::cast)
        .orElse(null);
  }

  private static boolean ended(JsonNode task) {
    return phase(task.path("Status")) instanceof Phase.Ended;
  }

  /// Swarm's task states; a state that this does not know yet counts as starting.
  private static Phase phase(JsonNode status) {
    return switch (status.path("State").asString()) {
      case "new", "allocated", "pending" ->
          status.has("Err")
              ? new Phase.Waiting(status.path("Err").asString())
              : new Phase.Starting();
      case "running" -> new Phase.Running();
      case "complete" -> ended(status, false);
      case "failed", "rejected", "shutdown", "orphaned", "remove" -> ended(status, true);
      default -> new Phase.Starting();
    };
  }

  private static Phase ended(JsonNode status, boolean failed) {
    return new Phase.Ended(
        status.path("ContainerStatus").path("ExitCode").asInt(0),
        failed,
        status.path("Err").asString(status.path("Message").asString("")));
  }

  private static @Nullable String address(JsonNode task, String network) {
    for (var attachment : task.path("NetworksAttachments")) {
      if (attachment.path("Network").path("Spec").path("Name").asString().equals(network)) {
        var withMask = attachment.path("Addresses").path(0).asString("");
        var slash = withMask.indexOf('/');
        return slash < 0 ? null : withMask.substring(0, slash);
      }
    }
    return null;
  }

  private static @Nullable String textOrNull(JsonNode node) {
    var text = node.asString("");
    return text.isEmpty() ? null : text;
  }
}
