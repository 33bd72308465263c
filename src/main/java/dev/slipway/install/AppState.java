package dev.slipway.install;

import dev.slipway.core.Secret;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// An app's dynos and receipts through the API, as it tells them. What the API refuses is thrown as
/// `UserError`, in its words.
public final class AppState {
  private final PlatformClient platform;

  /// Apps behind that API.
  public AppState(String api, Secret key) {
    this.platform = new PlatformClient(api, key);
  }

  /// Its dynos, by name.
  public List<JsonNode> dynos(String app) {
    return platform.toldList(path(app) + "/dynos");
  }

  /// What its rollouts cost, newest first.
  public List<JsonNode> receipts(String app) {
    return platform.toldList(path(app) + "/receipts");
  }

  private static String path(String app) {
    return "/apps/" + PlatformClient.segment(app);
  }
}
