package dev.slipway.engine;

import java.time.Duration;
import java.util.OptionalInt;

/// How a process that was started by exec ended. The engine can end its streams before it has noted
/// that; until then the status it tells is nothing, which reads as 0.
final class ExecStatus {
  private static final Duration LOOK_EACH = Duration.ofMillis(20);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private ExecStatus() {}

  /// Waits for the status of a process whose streams have ended.
  ///
  /// @return nothing where the process goes on without them
  /// @throws DockerException where the engine has forgotten it, as its container is gone
  static OptionalInt await(DockerApi docker, String id) throws InterruptedException {
    var end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      var state = docker.get("/exec/" + id + "/json");
      if (!state.path("Running").asBoolean()) {
        return OptionalInt.of(state.path("ExitCode").asInt());
      }
      Thread.sleep(LOOK_EACH);
    }
    return OptionalInt.empty();
  }
}
