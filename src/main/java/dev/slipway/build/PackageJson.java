package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Node app's `package.json`.
record PackageJson(JsonNode root) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Reads the text.
  ///
  /// @throws UserError when it is no JSON object
  static PackageJson parse(String text) {
    try {
      var root = JSON.readTree(text.replace("\uFEFF", ""));
      if (!root.isObject()) {
        throw problem("it is not a JSON object");
      }
      return new PackageJson(root);
    } catch (JacksonException e) {
      throw problem(e.getOriginalMessage());
    }
  }

  Optional<String> engine(String name) {
    return text(root.path("engines").path(name));
  }

  boolean hasScript(String... names) {
    return Arrays.stream(names).anyMatch(name -> text(root.path("scripts").path(name)).isPresent());
  }

  boolean hasWorkspaces() {
    return root.has("workspaces");
  }

  /// Whether a dependency stands in the source itself.
  boolean hasLocalDependencies() {
    return java.util.stream.Stream.of("dependencies", "devDependencies", "optionalDependencies")
        .flatMap(kind -> root.path(kind).valueStream())
        .flatMap(version -> text(version).stream())
        .anyMatch(version -> version.startsWith("file:") || version.startsWith("link:"));
  }

  private static Optional<String> text(JsonNode node) {
    return node.isString() ? Optional.of(node.asString()) : Optional.empty();
  }

  private static UserError problem(String why) {
    return new UserError(
        new Problem(
            ErrorCode.FAILED,
            "package.json can't be read",
            why,
            "Check it: node -p \"require('./package.json')\""));
  }
}
