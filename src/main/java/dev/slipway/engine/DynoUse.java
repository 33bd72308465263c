package dev.slipway.engine;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/// What a dyno uses of its host.
///
/// @param cpu processors, on average over the last second: 1.5 is one and a half
/// @param memoryBytes what its processes hold, without files that can be read again
public record DynoUse(AppId app, DynoName dyno, double cpu, long memoryBytes) {
  /// Each takes a connection, of which another host's agent can't hold many.
  private static final int AT_ONCE = 32;

  /// Of the dynos that run on an engine's host. It takes a second: the engine looks twice.
  static List<DynoUse> of(DockerApi engine) {
    var filters =
        DockerApi.filters(Map.of("label", List.of(ServiceBody.APP), "status", List.of("running")));
    var reads = new ArrayList<Future<Optional<DynoUse>>>();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      for (var container : engine.get("/containers/json?" + filters)) {
        reads.add(threads.submit(() -> read(engine, container)));
      }
    }
    return reads.stream().flatMap(read -> value(read).stream()).toList();
  }

  private static Optional<DynoUse> value(Future<Optional<DynoUse>> read) {
    try {
      return read.get();
    } catch (ExecutionException ended) {
      return Optional.empty(); // it ended while it was looked at
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<DynoUse> read(DockerApi engine, JsonNode container) {
    var id = requireNonNull(container.path("Id").asString());
    var stats = engine.get("/containers/" + id + "/stats?stream=false");
    if (!stats.path("memory_stats").has("usage")) {
      return Optional.empty();
    }
    var labels = container.path("Labels");
    return Optional.of(
        new DynoUse(
            AppId.of(labels.path(ServiceBody.APP).asString()),
            DynoName.of(labels.path(ServiceBody.DYNO).asString()),
            cpu(stats),
            memory(stats.path("memory_stats"))));
  }

  private static double cpu(JsonNode stats) {
    var passed =
        Duration.between(
            Instant.parse(stats.path("preread").asString()),
            Instant.parse(stats.path("read").asString()));
    var used = total(stats.path("cpu_stats")) - total(stats.path("precpu_stats"));
    return passed.isPositive() ? Math.max(0, (double) used / passed.toNanos()) : 0;
  }

  private static long total(JsonNode cpu) {
    return cpu.path("cpu_usage").path("total_usage").asLong(0);
  }

  /// The second generation of control groups calls it otherwise than the first.
  private static long memory(JsonNode memory) {
    var files = memory.path("stats");
    var readAgain = files.path("total_inactive_file").asLong(files.path("inactive_file").asLong(0));
    return Math.max(0, memory.path("usage").asLong() - readAgain);
  }
}
