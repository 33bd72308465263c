package dev.slipway.engine;

import dev.slipway.core.ServiceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A dyno's lines by Swarm's service log: one stream, across restarts and hosts.
final class ServiceLog {
  private ServiceLog() {}

  static Engine.LogFollower follow(
      DockerApi docker, ServiceName service, Instant since, Engine.LogSink sink) {
    return docker.follow(
        "/services/"
            + service
            + "/logs?stdout=1&stderr=1&timestamps=1&follow=1&since="
            + seconds(since),
        line -> deliver(line, since, sink));
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
}
