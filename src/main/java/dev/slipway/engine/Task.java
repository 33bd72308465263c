package dev.slipway.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// What is read of a Swarm task (Docker Engine API 1.41, `GET /tasks`): its environment, which is
/// most of it, never becomes an object.
///
/// @param desiredState what Swarm means it to do, such as `running`
record Task(
    @Nullable String createdAt,
    @Nullable String serviceID,
    @Nullable String nodeID,
    @Nullable String desiredState,
    @Nullable Spec spec,
    @Nullable Status status,
    @Nullable List<Attachment> networksAttachments) {
  static final ObjectReader READER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .readerFor(Task.class);

  /// Gives the tasks that the filter finds, one after the other, as they come.
  static void each(DockerApi docker, Map<String, ?> filter, Consumer<Task> consumer) {
    docker.each("/tasks?" + DockerApi.filters(filter), READER, consumer);
  }

  String service() {
    return serviceID == null ? "" : serviceID;
  }

  String node() {
    return nodeID == null ? "" : nodeID;
  }

  Map<String, String> labels() {
    return Optional.ofNullable(spec)
        .map(Spec::containerSpec)
        .map(ContainerSpec::labels)
        .orElse(Map.of());
  }

  boolean isMeantToRun() {
    return "running".equals(desiredState);
  }

  /// Bytes of memory that it has reserved.
  long reserved() {
    return Optional.ofNullable(spec)
        .map(Spec::resources)
        .map(Resources::reservations)
        .map(Reservations::memoryBytes)
        .orElse(0L);
  }

  record Spec(@Nullable ContainerSpec containerSpec, @Nullable Resources resources) {}

  record ContainerSpec(@Nullable Map<String, String> labels) {}

  record Resources(@Nullable Reservations reservations) {}

  record Reservations(@Nullable Long memoryBytes) {}

  record Status(
      String timestamp,
      String state,
      @Nullable String message,
      @Nullable String err,
      @Nullable ContainerStatus containerStatus) {}

  record ContainerStatus(@Nullable String containerID, @Nullable Integer exitCode) {}

  record Attachment(@Nullable Network network, @Nullable List<String> addresses) {}

  record Network(@Nullable NetworkSpec spec) {}

  record NetworkSpec(@Nullable String name) {}
}
