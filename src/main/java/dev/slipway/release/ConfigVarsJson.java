package dev.slipway.release;

import dev.slipway.core.Secret;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Config vars as the text that is sealed and stored.
final class ConfigVarsJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ConfigVarsJson() {}

  static String write(ConfigVars config) {
    var plain = new TreeMap<String, String>();
    config.values().forEach((name, value) -> plain.put(name, value.reveal()));
    return JSON.writeValueAsString(plain);
  }

  static ConfigVars read(String json) {
    var values = new TreeMap<String, Secret>();
    JSON.readValue(json, new TypeReference<TreeMap<String, String>>() {})
        .forEach((name, value) -> values.put(name, new Secret(value)));
    return new ConfigVars(values);
  }
}
