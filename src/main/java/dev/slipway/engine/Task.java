package dev.slipway.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is read of a Swarm task (Docker Engine API 1.41, `GET /tasks`): its environment, which is
/// most of it, never becomes an object. What the engine does not say is empty.
///
/// @param desiredState what Swarm means it to do, such as `running`
/// @param labels those of its container
/// @param reserved bytes of memory that it has reserved
record Task(
    String createdAt,
    String service,
    String node,
    String desiredState,
    Map<String, String> labels,
    long reserved,
    Status status,
    List<Attachment> attachments) {
  /// Gives the tasks that the filter finds, one after the other, as they come.
  static void each(DockerApi docker, Map<String, ?> filter, Consumer<Task> consumer) {
    docker.read("/tasks?" + DockerApi.filters(filter), json -> new TaskParser(json).each(consumer));
  }

  boolean isMeantToRun() {
    return desiredState.equals("running");
  }

  /// @param container null as long as there is none
  record Status(
      String timestamp,
      String state,
      String message,
      @Nullable String err,
      @Nullable Container container) {}

  record Container(String id, int exitCode) {}

  /// @param network the network's name
  record Attachment(String network, List<String> addresses) {}
}
