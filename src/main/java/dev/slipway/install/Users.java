package dev.slipway.install;

import dev.slipway.core.Secret;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The accounts of this installation, as its administrator sees them through the API. What the API
/// refuses is thrown as `UserError`, in its words.
public final class Users {
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
    return platform.toldList("/users").stream().map(Users::user).toList();
  }

  /// Adds an account.
  public User add(String email, @Nullable String name, Secret password) {
    var body = new HashMap<String, Object>();
    body.put("email", email);
    body.put("password", password.reveal());
    if (name != null) {
      body.put("name", name);
    }
    return user(platform.told("POST", "/users", body));
  }

  /// Gives an account another password, which ends its logins.
  public User setPassword(String email, Secret password) {
    return user(platform.told("PATCH", path(email), Map.of("password", password.reveal())));
  }

  /// Removes an account.
  ///
  /// @param appsTo the address of whoever gets its apps, or null where it must have none
  public User remove(String email, @Nullable String appsTo) {
    return user(
        platform.told(
            "DELETE", path(email), appsTo == null ? Map.of() : Map.of("apps_to", appsTo)));
  }

  private static String path(String email) {
    return "/users/" + PlatformClient.segment(email);
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
