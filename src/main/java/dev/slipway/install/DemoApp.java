package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/// The sample app's own API, as its users reach it.
///
/// @param host the Host header by which the router knows it
record DemoApp(String host) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// What follows from orders.
  ///
  /// @param givenUp failed too often
  record Tasks(long waiting, long done, long givenUp) {
    long all() {
      return waiting + done + givenUp;
    }
  }

  Tasks tasks() {
    // The command lets the header be set: names below .localhost resolve in browsers alone.
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:80/tasks"))
            .header("Host", host)
            .timeout(PATIENCE)
            .build();
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw problem("HTTP " + answer.statusCode());
      }
      var json = JsonMapper.shared().readTree(answer.body());
      return new Tasks(
          json.path("waiting").asLong(),
          json.path("done").asLong(),
          json.path("given_up").asLong());
    } catch (IOException e) {
      throw problem(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private UserError problem(String why) {
    return new UserError(
        new Problem(
            ErrorCode.FAILED,
            "The app does not tell its tasks",
            why,
            "./slipway heroku logs -a " + host.replaceFirst("\\..*", "")));
  }
}
