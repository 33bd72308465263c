package dev.slipway.faults;

import dev.slipway.testing.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The API of the machine that is up, as a client sees it.
final class Api {
  static final String BASE = "http://localhost:7080";

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Api() {}

  /// An answer.
  record Answer(int status, String body) {
    JsonNode json() {
      return MAPPER.readTree(body);
    }

    /// What Heroku's clients tell errors apart by.
    String id() {
      return json().path("id").asString("");
    }
  }

  static Answer get(String path) {
    return send("GET", path, null, key());
  }

  static Answer call(String method, String path, @Nullable String body) {
    return send(method, path, body, key());
  }

  /// A call with a credential of the test's own, or none.
  static Answer send(String method, String path, @Nullable String body, @Nullable String key) {
    var request =
        request(path)
            .header("Accept", "application/vnd.heroku+json; version=3")
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return send(request.build());
  }

  /// Puts bytes where no credential is asked for.
  static Answer upload(String url, byte[] content) {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(60))
            .PUT(BodyPublishers.ofByteArray(content))
            .build());
  }

  /// JSON of a value.
  static String json(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  static boolean answers() {
    try {
      return get("/account").status() == 200;
    } catch (UncheckedIOException away) {
      return false;
    }
  }

  /// Whether the control at that address answers to this machine's key.
  static boolean answers(String base) {
    try {
      return at(base, "/account").status() == 200;
    } catch (UncheckedIOException away) {
      return false;
    }
  }

  /// What the control at that address answers to this machine's key.
  static Answer at(String base, String path) {
    return send(
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(60))
            .header("Accept", "application/vnd.heroku+json; version=3")
            .header("Authorization", "Bearer " + key())
            .build());
  }

  static String key() {
    return Machine.secret("api-key").reveal();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(BASE + path)).timeout(Duration.ofSeconds(60));
  }

  private static Answer send(HttpRequest request) {
    try {
      HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
