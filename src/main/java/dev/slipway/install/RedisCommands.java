package dev.slipway.install;

import dev.slipway.core.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the command asks of Redis, through the API. What the API refuses is thrown as `UserError`,
/// in its words.
public final class RedisCommands {
  private final DataServiceClient services;

  /// Instances behind that API.
  public RedisCommands(String api, Secret key) {
    this.services = new DataServiceClient(api, key, "redis", "REDIS");
  }

  /// The command that opens a terminal at the server, on its host. It holds no password: whoever
  /// may run it is root there.
  ///
  /// @param instance an attachment or an add-on, or null for the app's `REDIS`
  public List<String> terminal(String app, @Nullable String instance) {
    var server = services.send("GET", path(app, instance), null).path("server").asString("");
    return List.of("docker", "exec", "-it", server, "store-cli");
  }

  /// Writes a backup, and gives its name and size.
  public String backUp(String app, @Nullable String instance) {
    return text(services.send("POST", path(app, instance) + "/backups", null));
  }

  /// Names and sizes of the backups, the newest first.
  public List<String> backups(String app, @Nullable String instance) {
    return services
        .send("GET", path(app, instance) + "/backups", null)
        .valueStream()
        .map(RedisCommands::text)
        .toList();
  }

  /// Replaces the data by a backup's.
  ///
  /// @return the backup of what was there
  public String restore(String app, @Nullable String instance, String backup) {
    var path = path(app, instance) + "/backups/" + backup + "/restore";
    return services.send("POST", path, null).path("name").asString("");
  }

  /// Instances that were destroyed and whose data is kept.
  public List<KeptData> destroyed() {
    return services.destroyed();
  }

  /// Has a destroyed instance's data deleted now.
  public void erase(String name) {
    services.erase(name);
  }

  private String path(String app, @Nullable String instance) {
    return "/redis/v0/databases/" + services.addon(app, instance);
  }

  private static String text(JsonNode backup) {
    return backup.path("name").asString("") + "  " + backup.path("bytes").asLong(0) + " bytes";
  }
}
