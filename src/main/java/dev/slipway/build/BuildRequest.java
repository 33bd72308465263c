package dev.slipway.build;

import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.Secret;
import dev.slipway.source.SourceTree;
import java.util.Map;

/// What a build starts from.
///
/// @param buildId unique among all builds; lower-case letters, digits and dashes
/// @param configVars what the build may read as a secret; part of no image
public record BuildRequest(
    String buildId, AppId app, AppName name, SourceTree source, Map<String, Secret> configVars) {
  /// Checks the id and copies the variables.
  public BuildRequest {
    if (!buildId.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new IllegalArgumentException("not a build's id: " + buildId);
    }
    configVars = Map.copyOf(configVars);
  }
}
