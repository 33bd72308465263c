package dev.slipway.engine;

import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.slipway.core.ServiceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A dyno's lines by Swarm's service log: one stream, across restarts and hosts.
final class ServiceLog {
  private ServiceLog() {}

  static Engine.LogFollower follow(
      DockerApi docker, ServiceName service, Instant since, Engine.LogSink sink) {
    var response =
        docker.open(
            "GET",
            "/services/"
                + service
                + "/logs?stdout=1&stderr=1&timestamps=1&follow=1&since="
                + seconds(since),
            null,
            Map.of());
    return new Follower(response, line -> deliver(line, since, sink));
  }

  static List<String> last(DockerApi docker, ServiceName service, int count) {
    var lines = new ArrayList<String>();
    try (var response =
        docker.open(
            "GET",
            "/services/" + service + "/logs?stdout=1&stderr=1&timestamps=1&tail=" + count,
            null,
            Map.of())) {
      LogFrames.stampedLines(
          response.getBody(), line -> deliver(line, Instant.MIN, (t, text) -> lines.add(text)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(lines.subList(Math.max(0, lines.size() - count), lines.size()));
  }

  /// The engine cuts `since` to whole seconds in places, so older lines are left out here.
  private static void deliver(String line, Instant since, Engine.LogSink sink) {
    var space = line.indexOf(' ');
    if (space < 0) {
      return;
    }
    try {
      var time = Instant.parse(line.substring(0, space));
      if (!time.isBefore(since)) {
        sink.line(time, line.substring(space + 1));
      }
    } catch (DateTimeParseException notALogLine) {
      // A stream that breaks off can end within a time stamp; there is no line to give then.
    }
  }

  private static String seconds(Instant time) {
    return Long.toString(Math.max(0, time.getEpochSecond()));
  }

  private static final class Follower implements Engine.LogFollower {
    private final Response response;
    private final CountDownLatch ended = new CountDownLatch(1);

    Follower(Response response, java.util.function.Consumer<String> lines) {
      this.response = response;
      Thread.ofVirtual().name("service-log").start(() -> read(lines));
    }

    private void read(java.util.function.Consumer<String> lines) {
      try (response) {
        LogFrames.stampedLines(response.getBody(), lines);
      } catch (IOException | RuntimeException closed) {
        // Closed by us, or the engine went away: whoever follows sees the end and follows anew.
      } finally {
        ended.countDown();
      }
    }

    @Override
    public boolean awaitEnd(Duration limit) {
      try {
        return ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void close() {
      response.close();
    }
  }
}
