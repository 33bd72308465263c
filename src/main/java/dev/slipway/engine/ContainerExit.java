package dev.slipway.engine;

import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.slipway.engine.Engine.ExitWatch;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Waits for the end of a container, by Docker's own "wait": it says at once that it watches, and
/// with which status the container ended when it has. Thread-safe.
final class ContainerExit implements ExitWatch {
  /// That of a process which can't be watched.
  static final ExitWatch UNKNOWN =
      new ExitWatch() {
        @Override
        public OptionalInt await(Duration limit) {
          return OptionalInt.empty();
        }

        @Override
        public void close() {}
      };

  private final Response answer;
  private final CompletableFuture<OptionalInt> status = new CompletableFuture<>();

  private ContainerExit(Response answer) {
    this.answer = answer;
  }

  /// Watches a container of the host, from now on.
  static ExitWatch watch(DockerApi host, @Nullable String container) {
    if (container == null) {
      return UNKNOWN;
    }
    try {
      var path = "/containers/" + container + "/wait";
      var exit = new ContainerExit(host.open("POST", path, null, Map.of()));
      Thread.ofVirtual().name("exit of " + container).start(exit::read);
      return exit;
    } catch (RuntimeException goneOrOutOfReach) {
      return UNKNOWN;
    }
  }

  private void read() {
    try {
      var said = DockerApi.JSON.readTree(answer.getBody().readAllBytes()).path("StatusCode");
      status.complete(said.isInt() ? OptionalInt.of(said.asInt()) : OptionalInt.empty());
    } catch (IOException | RuntimeException brokenOff) {
      status.complete(OptionalInt.empty());
    }
  }

  @Override
  public OptionalInt await(Duration limit) throws InterruptedException {
    try {
      return status.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException goesOn) {
      return OptionalInt.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    answer.close();
  }
}
