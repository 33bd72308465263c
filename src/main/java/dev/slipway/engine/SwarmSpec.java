package dev.slipway.engine;

import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a node or a service of the Swarm shall be, changed where it stands. Swarm goes on with a
/// task of which only the constraints change, as long as these hold where it runs.
///
/// @param docker the engine of a manager
/// @param path such as `/nodes/ID`
record SwarmSpec(DockerApi docker, String path) {
  private static final int TRIES = 5;

  /// Swarm itself writes these too, and refuses who has read an older version.
  ///
  /// @throws DockerException also when it is gone
  void change(Consumer<ObjectNode> change) {
    for (var left = TRIES; left > 0; left--) {
      var found = docker.get(path);
      var spec = (ObjectNode) found.path("Spec");
      change.accept(spec);
      var version = found.path("Version").path("Index").asLong();
      try {
        docker.post(path + "/update?version=" + version, spec);
        return;
      } catch (DockerException e) {
        if (left == 1 || !String.valueOf(e.getMessage()).contains("out of sequence")) {
          throw e;
        }
      }
    }
  }

  /// The same for a service, which a rollout may have removed meanwhile.
  void changeUnlessGone(Consumer<ObjectNode> change) {
    try {
      change(change);
    } catch (DockerException e) {
      if (!e.notFound()) {
        throw e;
      }
    }
  }

  /// Whether any of the constraints in a service's spec is such a one.
  static boolean isConstrained(JsonNode spec, Predicate<String> such) {
    return constraints(spec).valueStream().map(JsonNode::asString).anyMatch(such);
  }

  /// Takes such constraints out of a service's spec.
  static void loosen(ObjectNode spec, Predicate<String> such) {
    var kept =
        constraints(spec).valueStream().map(JsonNode::asString).filter(such.negate()).toList();
    var placement = (ObjectNode) spec.path("TaskTemplate").path("Placement");
    placement.set("Constraints", DockerApi.JSON.valueToTree(kept));
  }

  private static JsonNode constraints(JsonNode spec) {
    return spec.path("TaskTemplate").path("Placement").path("Constraints");
  }
}
