package dev.slipway.build;

import dev.slipway.core.Secret;
import dev.slipway.image.Credential;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The settings file of the engine's client.
final class EngineSettings {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private EngineSettings() {}

  /// With the credential for that image server.
  static Secret of(String registry, Credential credential) {
    var login = Map.of("auth", credential.basic().reveal());
    return new Secret(JSON.writeValueAsString(Map.of("auths", Map.of(registry, login))));
  }
}
