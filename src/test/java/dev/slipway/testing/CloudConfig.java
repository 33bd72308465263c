package dev.slipway.testing;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// What cloud-init reads out of user data, as far as Slipway uses it.
///
/// @param users beside the image's own, each with the public key that opens it
/// @param script what is run as root at the end
public record CloudConfig(
    String hostname,
    Map<String, String> users,
    String privateHostKey,
    String publicHostKey,
    String script) {
  /// Reads YAML.
  public static CloudConfig of(String userData) {
    if (!userData.startsWith("#cloud-config\n")) {
      throw new IllegalArgumentException("cloud-init takes this for something else: " + userData);
    }
    var config = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(userData);
    var keys = (Map<?, ?>) requireNonNull(config.get("ssh_keys"));
    var users = new LinkedHashMap<String, String>();
    for (var user : (List<?>) requireNonNull(config.get("users"))) {
      if (user instanceof Map<?, ?> described) {
        var allowed = (List<?>) requireNonNull(described.get("ssh_authorized_keys"));
        users.put("" + described.get("name"), "" + allowed.getFirst());
      }
    }
    return new CloudConfig(
        "" + config.get("hostname"),
        users,
        "" + keys.get("ed25519_private"),
        "" + keys.get("ed25519_public"),
        "" + ((List<?>) requireNonNull(config.get("runcmd"))).getFirst());
  }
}
