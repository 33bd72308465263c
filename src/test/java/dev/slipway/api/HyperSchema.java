package dev.slipway.api;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Heroku's published schema of the Platform API as a list of requests, with a sample of what each
/// takes. A copy lies at `../shared/heroku-schema.json`, or there is none.
record HyperSchema(JsonNode root) {
  private static final Path FILE = Path.of("..", "shared", "heroku-schema.json");
  private static final Pattern PARAMETER = Pattern.compile("\\{\\(([^)]*)\\)}");
  private static final int DEEPEST = 4;

  /// A request that the schema describes.
  ///
  /// @param resource the definition that it belongs to
  /// @param path with the parameters still in it
  /// @param properties a sample of each property that the body may have
  record Link(String resource, String method, String path, Map<String, JsonNode> properties) {
    /// The path with each parameter replaced.
    ///
    /// @param known by definition, such as `app`: what stands for it; any other is one that nobody
    ///   has
    String path(Map<String, String> known) {
      return PARAMETER
          .matcher(path)
          .replaceAll(parameter -> {
            var pointer = URLDecoder.decode(parameter.group(1), StandardCharsets.UTF_8);
            return known.getOrDefault(pointer.split("/", -1)[2], new UUID(0, 7).toString());
          });
    }
  }

  /// Whether a copy is there.
  static boolean isThere() {
    return Files.exists(FILE);
  }

  static HyperSchema read() throws IOException {
    return new HyperSchema(TestApi.JSON.readTree(Files.readString(FILE)));
  }

  /// Every request of that method.
  List<Link> links(String method) {
    var links = new ArrayList<Link>();
    for (var definition : root.get("definitions").properties()) {
      for (var link : definition.getValue().path("links")) {
        if (link.path("method").asString("").equals(method)) {
          links.add(
              new Link(definition.getKey(), method, link.get("href").asString(), properties(link)));
        }
      }
    }
    return links;
  }

  private Map<String, JsonNode> properties(JsonNode link) {
    var samples = new LinkedHashMap<String, JsonNode>();
    link.path("schema")
        .path("properties")
        .properties()
        .forEach(property -> samples.put(property.getKey(), sample(property.getValue(), 0)));
    return samples;
  }

  /// The example that the schema gives, or one made of those of its parts.
  private JsonNode sample(JsonNode schema, int depth) {
    var nodes = JsonNodeFactory.instance;
    if (depth > DEEPEST) {
      return nodes.nullNode();
    }
    if (schema.has("$ref")) {
      var pointer = schema.get("$ref").asString().substring(1);
      return sample(root.at(pointer), depth + 1);
    }
    if (schema.has("example")) {
      return schema.get("example");
    }
    if (schema.has("anyOf")) {
      return sample(schema.get("anyOf").get(0), depth + 1);
    }
    if (schema.has("items")) {
      return nodes.arrayNode().add(sample(schema.get("items"), depth + 1));
    }
    var object = nodes.objectNode();
    for (var property : schema.path("properties").properties()) {
      object.set(property.getKey(), sample(property.getValue(), depth + 1));
    }
    return object.isEmpty() ? nodes.stringNode("sample") : object;
  }
}
