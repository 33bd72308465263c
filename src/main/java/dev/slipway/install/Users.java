package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The accounts of this installation, as its administrator sees them through the API. What the API
/// refuses is thrown as `UserError`, in its words.
public final class Users {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// An account.
  ///
  /// @param name what to call its person, or null
  /// @param lastLogin when its password was last used, or null
  public record User(
      String email, @Nullable String name, String createdAt, @Nullable String lastLogin) {}

  private final PlatformClient platform;

  /// Accounts behind that API.
  public Users(String api, Secret administratorKey) {
    this.platform = new PlatformClient(api, administratorKey);
  }

  /// All accounts, by address.
  public List<User> list() {
    return reached(() -> platform.list("/users", Users::checked)).stream()
        .map(Users::user)
        .toList();
  }

  /// Adds an account.
  public User add(String email, @Nullable String name, Secret password) {
    var body = new HashMap<String, Object>();
    body.put("email", email);
    body.put("password", password.reveal());
    if (name != null) {
      body.put("name", name);
    }
    return user(send("POST", "/users", body));
  }

  /// Gives an account another password, which ends its logins.
  public User setPassword(String email, Secret password) {
    return user(send("PATCH", path(email), Map.of("password", password.reveal())));
  }

  /// Removes an account.
  ///
  /// @param appsTo the address of whoever gets its apps, or null where it must have none
  public User remove(String email, @Nullable String appsTo) {
    return user(send("DELETE", path(email), appsTo == null ? Map.of() : Map.of("apps_to", appsTo)));
  }

  private static String path(String email) {
    var encoded = URLEncoder.encode(email, StandardCharsets.UTF_8).replace("+", "%20");
    return "/users/" + encoded;
  }

  private JsonNode send(String method, String path, @Nullable Object body) {
    return reached(() -> checked(platform.send(method, path, body)));
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

  private static JsonNode checked(HttpResponse<String> answer) {
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

  private static User user(JsonNode account) {
    return new User(
        account.path("email").asString(),
        text(account.path("name")),
        account.path("created_at").asString(),
        text(account.path("last_login")));
  }

  private static @Nullable String text(JsonNode node) {
    return node.isString() ? node.stringValue() : null;
  }
}
