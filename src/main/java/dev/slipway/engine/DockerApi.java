package dev.slipway.engine;

import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// The Docker Engine's HTTP API over its Unix socket: JSON in, JSON out. Everything else in this
/// package is written in terms of it. Thread-safe.
///
/// The version is that of the oldest engine supported, Docker 20.10 (API 1.41).
public final class DockerApi implements AutoCloseable {
  private static final String VERSION = "/v1.41";
  private static final int MOST_CONNECTIONS = 1024;

  /// Reads and writes the engine's JSON.
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path socket;
  private final DockerHttpClient http;
  private final LogStreams logs;

  /// Talks to the engine that listens on the socket.
  public DockerApi(Path socket) {
    this.socket = socket;
    this.logs = new LogStreams(socket);
    this.http =
        new ApacheDockerHttpClient.Builder()
            .dockerHost(URI.create("unix://" + socket))
            .maxConnections(MOST_CONNECTIONS)
            .connectionTimeout(Duration.ofSeconds(5))
            .build();
  }

  /// The same for short requests alone: one that gets no answer for so long has failed.
  public DockerApi(Path socket, Duration answersWithin) {
    this.socket = socket;
    this.logs = new LogStreams(socket);
    this.http =
        new ApacheDockerHttpClient.Builder()
            .dockerHost(URI.create("unix://" + socket))
            .connectionTimeout(answersWithin)
            .responseTimeout(answersWithin)
            .build();
  }

  /// Whether the engine answers.
  public boolean answers() {
    try (var response = execute("GET", "/_ping", null, Map.of())) {
      return response.getStatusCode() == 200;
    } catch (RuntimeException unreachable) {
      return false;
    }
  }

  JsonNode get(String path) {
    return json("GET", path, null);
  }

  /// Has an answer read as it comes: the whole of it can be larger than this process's memory.
  void read(String path, Consumer<JsonParser> reader) {
    try (var response = open("GET", path, null, Map.of());
        var json = JSON.createParser(response.getBody())) {
      reader.accept(json);
    }
  }

  JsonNode post(String path, @Nullable Object body) {
    return json("POST", path, body);
  }

  JsonNode delete(String path) {
    return json("DELETE", path, null);
  }

  JsonNode json(String method, String path, @Nullable Object body) {
    return json(method, path, body, Map.of());
  }

  JsonNode json(String method, String path, @Nullable Object body, Map<String, String> headers) {
    var bytes = body == null ? null : JSON.writeValueAsBytes(body);
    try (var response = open(method, path, bytes, headers)) {
      var answer = response.getBody().readAllBytes();
      return answer.length == 0 ? MissingNode.getInstance() : JSON.readTree(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Opens a streaming answer; the caller closes it.
  ///
  /// @throws DockerException when the engine answers with an error status
  Response open(String method, String path, byte @Nullable [] body, Map<String, String> headers) {
    return checked(execute(method, path, body, headers), method, path);
  }

  /// Opens a streaming answer to a request whose body is a stream, such as a build context.
  Response upload(String method, String path, String contentType, InputStream body) {
    var request =
        Request.builder()
            .method(method)
            .path(VERSION + path)
            .putAllHeaders(Map.of("Content-Type", contentType))
            .body(body)
            .build();
    return checked(http.execute(request), method, path);
  }

  /// Follows a log stream, in Docker's frames with time stamps.
  Engine.LogFollower follow(String path, Consumer<String> lines) {
    return logs.open(VERSION + path, lines);
  }

  /// Opens a two-way stream.
  Hijack hijack(String path, Object body) {
    try {
      return Hijack.open(socket, VERSION + path, JSON.writeValueAsBytes(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Percent-encodes a query value.
  static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /// The `filters` query parameter, such as `{"label":["a=b"]}`.
  static String filters(Map<String, ?> filters) {
    return "filters=" + encode(JSON.writeValueAsString(filters));
  }

  @Override
  public void close() throws IOException {
    http.close();
  }

  private Response execute(
      String method, String path, byte @Nullable [] body, Map<String, String> headers) {
    var all = new HashMap<>(headers);
    var request = Request.builder().method(method).path(VERSION + path);
    if (body != null) {
      all.put("Content-Type", "application/json");
      request.bodyBytes(body);
    }
    return http.execute(request.putAllHeaders(all).build());
  }

  private static Response checked(Response response, String method, String path) {
    var status = response.getStatusCode();
    if (status < 400) {
      return response;
    }
    try (response) {
      var body = new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
      throw new DockerException(status, method + " " + withoutQuery(path), messageOf(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String messageOf(String body) {
    try {
      return JSON.readTree(body).path("message").asString(body);
    } catch (RuntimeException notJson) {
      return body;
    }
  }

  static String withoutQuery(String path) {
    var question = path.indexOf('?');
    return question < 0 ? path : path.substring(0, question);
  }
}
