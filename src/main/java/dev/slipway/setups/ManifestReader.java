package dev.slipway.setups;

import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.release.ConfigVars;
import dev.slipway.setups.Manifest.AddonWish;
import dev.slipway.setups.Manifest.Dynos;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads an `app.json`, and finds all that is wrong with it before saying so. What describes the
/// app to people, and what has no meaning here such as buildpacks, is passed over. Used once.
public final class ManifestReader {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_DYNOS = 1000;
  private static final int SECRET_BYTES = 32;

  private final Map<String, String> overrides;
  private final List<String> problems = new ArrayList<>();

  private ManifestReader(Map<String, String> overrides) {
    this.overrides = overrides;
  }

  /// Reads it.
  ///
  /// @param overrides config vars that are set in place of what it says
  /// @throws UserError invalid_params, with all that is wrong
  public static Manifest read(String text, Map<String, String> overrides) {
    var reader = new ManifestReader(overrides);
    var manifest = reader.manifest(reader.parse(text));
    if (!reader.problems.isEmpty()) {
      throw invalid(String.join("; ", reader.problems));
    }
    return manifest;
  }

  private static UserError invalid(String why) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            "The app can't be set up by its app.json",
            why,
            "Nothing was made; correct it and try again"));
  }

  private JsonNode parse(String text) {
    try {
      var node = JSON.readTree(text);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (JacksonException _) {
      // said below
    }
    throw invalid("it is not a JSON object");
  }

  private Manifest manifest(JsonNode root) {
    return new Manifest(
        config(object(root, "env")),
        formation(object(root, "formation")),
        addons(root.path("addons")),
        postdeploy(object(root, "scripts").path("postdeploy")),
        text(root, "success_url"));
  }

  private SortedMap<String, Secret> config(JsonNode env) {
    var config = new TreeMap<String, Secret>();
    for (var each : env.properties()) {
      var value = value(each.getKey(), each.getValue());
      if (value != null) {
        config.put(each.getKey(), new Secret(value));
      }
    }
    overrides.forEach((name, value) -> config.put(name, new Secret(value)));
    try {
      return new ConfigVars(config).values();
    } catch (UserError e) {
      problems.add("env: " + e.problem().sentence());
      return config;
    }
  }

  private @Nullable String value(String name, JsonNode wish) {
    if (overrides.containsKey(name)) {
      return null;
    }
    if (wish.isString()) {
      return wish.stringValue();
    }
    if (!wish.isObject()) {
      problems.add("env." + shown(name) + " must be a string or an object");
      return null;
    }
    var generator = text(wish, "generator");
    if (generator != null) {
      return generated(name, generator);
    }
    var value = text(wish, "value");
    if (value == null && wish.path("required").asBoolean(true)) {
      problems.add(
          "env." + shown(name) + " is required and has no value: give it by overrides.env");
    }
    return value;
  }

  private @Nullable String generated(String name, String generator) {
    if (!generator.equals("secret")) {
      problems.add("env." + shown(name) + ".generator: the only one is secret");
      return null;
    }
    return Secret.random(SECRET_BYTES).reveal();
  }

  private Map<ProcessType, Dynos> formation(JsonNode formation) {
    var dynos = new TreeMap<ProcessType, Dynos>();
    for (var each : formation.properties()) {
      var path = "formation." + shown(each.getKey());
      try {
        var type = new ProcessType(each.getKey());
        var quantity = quantity(path, each.getValue().path("quantity"));
        var size = text(each.getValue(), "size");
        dynos.put(type, new Dynos(quantity, size == null ? null : DynoSize.of(size)));
      } catch (UserError e) {
        problems.add(path + ": " + e.problem().sentence());
      }
    }
    return dynos;
  }

  private int quantity(String path, JsonNode quantity) {
    if (quantity.isMissingNode()) {
      return 1;
    }
    if (!quantity.isIntegralNumber()
        || !quantity.canConvertToInt()
        || quantity.intValue() < 0
        || quantity.intValue() > MOST_DYNOS) {
      problems.add(path + ".quantity must be a number from 0 to " + MOST_DYNOS);
      return 0;
    }
    return quantity.intValue();
  }

  private List<AddonWish> addons(JsonNode addons) {
    if (!addons.isMissingNode() && !addons.isArray()) {
      problems.add("addons must be an array");
      return List.of();
    }
    var wishes = new ArrayList<AddonWish>();
    for (var each : addons) {
      var plan = each.isString() ? each.stringValue() : text(each, "plan");
      if (plan == null) {
        problems.add("addons must hold plans, or objects with a plan");
      } else {
        wishes.add(new AddonWish(plan, text(each, "as"), options(object(each, "options"))));
      }
    }
    return wishes;
  }

  private Map<String, String> options(JsonNode options) {
    var read = new TreeMap<String, String>();
    for (var each : options.properties()) {
      if (each.getValue().isContainer()) {
        problems.add("addons: option " + shown(each.getKey()) + " must be a text");
      } else {
        read.put(each.getKey(), each.getValue().asString());
      }
    }
    return read;
  }

  private @Nullable String postdeploy(JsonNode script) {
    var command = script.isObject() ? script.path("command") : script;
    if (command.isMissingNode() || command.isNull()) {
      return null;
    }
    if (!command.isString() || command.stringValue().indexOf('\0') >= 0) {
      problems.add("scripts.postdeploy must be a command");
      return null;
    }
    return command.stringValue();
  }

  /// The object of that field; an empty one where it is missing, or wrong and said so.
  private JsonNode object(JsonNode of, String field) {
    var node = of.path(field);
    if (node.isObject()) {
      return node;
    }
    if (!node.isMissingNode() && !node.isNull()) {
      problems.add(field + " must be an object");
    }
    return JSON.createObjectNode();
  }

  private @Nullable String text(JsonNode of, String field) {
    var node = of.path(field);
    if (node.isString()) {
      return node.stringValue();
    }
    if (!node.isMissingNode() && !node.isNull()) {
      problems.add(field + " must be a string");
    }
    return null;
  }

  private static String shown(String name) {
    return name.length() > 60 ? name.substring(0, 60) + "…" : name;
  }
}
