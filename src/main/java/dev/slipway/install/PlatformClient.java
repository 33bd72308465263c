package dev.slipway.install;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The few requests of the Platform API that the command itself needs, as any client would send
/// them.
final class PlatformClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration COMPLETE = Duration.ofSeconds(20);
  private static final int UNPROCESSABLE = 422;
  private static final String DATABASE = "heroku-postgresql";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String api;
  private final Secret key;

  PlatformClient(String api, Secret key) {
    this.api = api;
    this.key = key;
  }

  /// Makes the app.
  ///
  /// @return false where it is there already
  boolean create(String app) {
    if (send("GET", "/apps/" + app, null).statusCode() == 200) {
      return false;
    }
    ok("POST", "/apps", Map.of("name", app));
    return true;
  }

  /// Replaces the app's dynos by fresh ones where hosts take dynos now.
  void moveDynos(AppId app) {
    ok("POST", "/dyno-moves", Map.of("app", app.toString()));
  }

  /// The hosts, and what their agents told last.
  List<JsonNode> hosts() {
    return list("/hosts");
  }

  /// One host, by its node's id, and what its dynos use.
  JsonNode host(String id) {
    return ok("GET", "/hosts/" + id, null);
  }

  /// Gives the app a database on that host, if it has none, and waits until it is there.
  ///
  /// @return what became of it, for people
  String createDatabase(String app, String host) {
    for (var addon : list("/apps/" + app + "/addons")) {
      if (addon.path("addon_service").path("name").asString("").equals(DATABASE)) {
        return addon.path("name").asString() + ", there already";
      }
    }
    var order = Map.of("plan", Map.of("name", DATABASE), "config", Map.of("host", host));
    var name = ok("POST", "/apps/" + app + "/addons", order).path("name").asString();
    var path = "/apps/" + app + "/addons/" + name;
    Waiting.until(
        PATIENCE, () -> !ok("GET", path, null).path("state").asString("").equals("provisioning"));
    if (!ok("GET", path, null).path("state").asString("").equals("provisioned")) {
      throw failed("The database of " + app + " was not made", null);
    }
    return name + ", with PgBouncer in front";
  }

  /// Runs so many dynos of the type.
  ///
  /// @return whether that is another number than before
  boolean scale(String app, String type, int quantity) {
    var now = send("GET", "/apps/" + app + "/formation/" + type, null);

    var updates = List.of(Map.of("type", type, "quantity", quantity));
    var answer = send("PATCH", "/apps/" + app + "/formation", Map.of("updates", updates));
    // An app that was never pushed has no process types to scale.
    if (answer.statusCode() != UNPROCESSABLE && answer.statusCode() != 404) {
      checked(answer, "PATCH /apps/" + app + "/formation");
    }
    return now.statusCode() == 200
        && JSON.readTree(now.body()).path("quantity").asInt() != quantity;
  }

  /// Waits until so many dynos of the type are up.
  void awaitDynos(String app, String type, int count) {
    var up =
        Waiting.until(
            PATIENCE,
            () -> {
              var dynos = ok("GET", "/apps/" + app + "/dynos", null);
              var running = 0;
              for (var dyno : dynos) {
                running += isUp(dyno, type) ? 1 : 0;
              }
              return running == count;
            });
    if (!up) {
      throw failed("The dynos of " + app + " did not all come up", null);
    }
  }

  /// Goes back to the release before the current one.
  ///
  /// @return the version that it went back to
  int rollBack(String app) {
    JsonNode before = null;
    var current = 0;
    var releases = list("/apps/" + app + "/releases");
    for (var release : releases) {
      current = Math.max(current, release.path("version").asInt());
    }
    for (var release : releases) {
      var version = release.path("version").asInt();
      if (version < current
          && release.path("slug").has("id")
          && (before == null || version > before.path("version").asInt())) {
        before = release;
      }
    }
    if (before == null) {
      throw failed(app + " has no release to go back to", null);
    }
    ok("POST", "/apps/" + app + "/releases", Map.of("release", before.path("id").asString()));
    return before.path("version").asInt();
  }

  /// Waits until the newest release is the one that serves.
  void awaitCurrentRelease(String app) {
    var live =
        Waiting.until(
            PATIENCE,
            () -> {
              JsonNode newest = null;
              for (var release : list("/apps/" + app + "/releases")) {
                if (newest == null
                    || release.path("version").asInt() > newest.path("version").asInt()) {
                  newest = release;
                }
              }
              return newest != null && newest.path("current").asBoolean();
            });
    if (!live) {
      throw failed("The newest release of " + app + " did not go live", null);
    }
  }

  /// The rollouts of the app that have a receipt.
  Set<String> receipts(String app) {
    var rollouts = new HashSet<String>();
    receiptsOf(app).forEach(receipt -> rollouts.add(receipt.path("rollout").asString()));
    return rollouts;
  }

  /// Waits until a rollout besides those known has its receipt.
  void awaitReceipt(String app, Set<String> known) {
    Waiting.until(COMPLETE, () -> !newReceipts(app, known, 1).isEmpty());
  }

  /// The receipts of the newest rollouts besides those known, so many at the most, oldest first.
  /// The last is complete when the new dynos have served for ten seconds; until then is waited, but
  /// not for ever.
  List<JsonNode> awaitReceipts(String app, Set<String> known, int count) {
    Waiting.until(
        COMPLETE,
        () -> {
          var receipts = newReceipts(app, known, count);
          return receipts.size() == count
              && receipts.getLast().path("after").path("count").asLong() > 0;
        });
    return newReceipts(app, known, count);
  }

  private List<JsonNode> newReceipts(String app, Set<String> known, int most) {
    var receipts = new ArrayList<JsonNode>();
    for (var receipt : receiptsOf(app)) {
      if (receipts.size() < most && !known.contains(receipt.path("rollout").asString())) {
        receipts.addFirst(receipt);
      }
    }
    return receipts;
  }

  /// Newest first.
  private JsonNode receiptsOf(String app) {
    return ok("GET", "/apps/" + app + "/receipts", null);
  }

  /// A text as one part of a path.
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static boolean isUp(JsonNode dyno, String type) {
    return dyno.path("type").asString("").equals(type)
        && dyno.path("state").asString("").equals("up");
  }

  private List<JsonNode> list(String path) {
    return list(path, answer -> checked(answer, "GET " + path));
  }

  /// The rows of all pages of a list.
  ///
  /// @param checked gives an answer's JSON, or throws when it is not one of success
  List<JsonNode> list(String path, Function<HttpResponse<String>, JsonNode> checked) {
    var rows = new ArrayList<JsonNode>();
    Optional<String> range = Optional.of("");
    while (range.isPresent()) {
      var answer = send("GET", path, null, range.get());
      checked.apply(answer).forEach(rows::add);
      range = answer.headers().firstValue("Next-Range");
    }
    return rows;
  }

  private JsonNode ok(String method, String path, @Nullable Object body) {
    return checked(send(method, path, body), method + " " + path);
  }

  private static JsonNode checked(HttpResponse<String> answer, String request) {
    if (answer.statusCode() >= 300) {
      throw failed(
          request + " was answered with " + answer.statusCode(),
          JSON.readTree(answer.body()).path("message").asString(answer.body()));
    }
    return JSON.readTree(answer.body());
  }

  HttpResponse<String> send(String method, String path, @Nullable Object body) {
    return send(method, path, body, "");
  }

  private HttpResponse<String> send(
      String method, String path, @Nullable Object body, String range) {
    return send(method, path, body, range, PATIENCE);
  }

  /// Waits as long as that for the answer.
  HttpResponse<String> send(String method, String path, @Nullable Object body, Duration patience) {
    return send(method, path, body, "", patience);
  }

  private HttpResponse<String> send(
      String method, String path, @Nullable Object body, String range, Duration patience) {
    var publisher =
        body == null
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString(JSON.writeValueAsString(body));
    var request =
        HttpRequest.newBuilder(URI.create(api + path))
            .method(method, publisher)
            .header("Authorization", "Bearer " + key.reveal())
            .header("Accept", "application/vnd.heroku+json; version=3")
            .header("Content-Type", "application/json")
            .header("Range", range)
            .timeout(patience)
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static UserError failed(String what, @Nullable String why) {
    return new UserError(
        new Problem(ErrorCode.FAILED, what, why, "`./slipway doctor` looks for a cause."));
  }

  /// Sends a request whose refusal is told in the API's own words.
  JsonNode told(String method, String path, @Nullable Object body) {
    return reached(() -> orRefused(send(method, path, body)));
  }

  /// The rows of all pages of a list, or the API's own words why not.
  List<JsonNode> toldList(String path) {
    return reached(() -> list(path, PlatformClient::orRefused));
  }

  private static <T> T reached(Supplier<T> request) {
    try {
      return request.get();
    } catch (UncheckedIOException e) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Control does not answer",
              e.getCause() == null ? null : e.getCause().getMessage(),
              "`./slipway status` says what is not up."),
          e);
    }
  }

  /// @throws UserError in the words of an API that refuses
  static JsonNode orRefused(HttpResponse<String> answer) {
    var json = JSON.readTree(answer.body());
    if (answer.statusCode() >= 300) {
      throw UserError.of(
          code(json.path("id").asString("")), json.path("message").asString(answer.body()));
    }
    return json;
  }

  private static ErrorCode code(String id) {
    return Arrays.stream(ErrorCode.values())
        .filter(code -> code.id().equals(id))
        .findFirst()
        .orElse(ErrorCode.FAILED);
  }
}
