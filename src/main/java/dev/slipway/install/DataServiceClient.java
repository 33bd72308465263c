package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the command asks the API of every data service alike. What the API refuses is thrown as
/// `UserError`, in its words.
final class DataServiceClient {
  private final PlatformClient platform;
  private final String destroyed;
  private final String usual;

  /// Asks that API.
  ///
  /// @param service what the service's paths begin with
  /// @param usual what an attachment is called when nobody says
  DataServiceClient(String api, Secret key, String service, String usual) {
    this.platform = new PlatformClient(api, key);
    this.destroyed = "/" + service + "/v0/destroyed";
    this.usual = usual;
  }

  /// The id of an app's add-on.
  ///
  /// @param called an attachment or an add-on, or null for the usual one
  String addon(String app, @Nullable String called) {
    var wanted = Optional.ofNullable(called).orElse(usual).replaceFirst("_URL$", "");
    return send("GET", "/apps/" + app + "/addon-attachments", null)
        .valueStream()
        .filter(each ->
            each.path("name").asString("").equals(wanted)
                || each.path("addon").path("name").asString("").equals(wanted))
        .map(each -> each.path("addon").path("id").asString(""))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.NOT_FOUND,
                    app + " has no " + wanted,
                    null,
                    "heroku addons -a " + app + " lists what it has")));
  }

  /// What is kept of the service's destroyed add-ons, the last one destroyed first.
  List<KeptData> destroyed() {
    return send("GET", destroyed, null)
        .valueStream()
        .map(each ->
            new KeptData(
                each.path("name").asString(""),
                each.path("plan").asString(""),
                each.path("host").asString(""),
                each.path("kept_until").asString("")))
        .toList();
  }

  /// Has such data deleted now.
  void erase(String name) {
    send("DELETE", destroyed + "/" + name, null);
  }

  JsonNode send(String method, String path, @Nullable Object body) {
    return PlatformClient.orRefused(platform.send(method, path, body));
  }

  /// Waits as long as that for the answer.
  JsonNode send(String method, String path, @Nullable Object body, Duration patience) {
    return PlatformClient.orRefused(platform.send(method, path, body, patience));
  }
}
