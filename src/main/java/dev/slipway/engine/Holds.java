package dev.slipway.engine;

import dev.slipway.core.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Dynos that are held to the host that was chosen for them. Swarm goes on with a task that runs
/// when its service's constraints become fewer, so a hold can end without the dyno's notice.
///
/// @param docker the engine of a manager
record Holds(DockerApi docker) {
  private static final String LABEL = "slipway.held";

  /// A held service has these beyond its dyno's own; its tasks do not.
  static final Map<String, String> LABELS = Map.of(LABEL, "yes");

  /// To no other node than this one.
  static String constraint(String node) {
    return "node.id==" + node;
  }

  /// Ends the holds on those services.
  ///
  /// @return whether others are held still
  boolean release(Predicate<ServiceName> settled) {
    var left = false;
    for (var service :
        docker.get("/services?" + DockerApi.filters(Map.of("label", List.of(LABEL))))) {
      var name = new ServiceName(service.path("Spec").path("Name").asString());
      left |= !(settled.test(name) && release(service));
    }
    return left;
  }

  /// Whether it is done: Swarm refuses who has read an older version.
  private boolean release(JsonNode service) {
    var spec = (ObjectNode) service.path("Spec").deepCopy();
    ((ObjectNode) spec.path("Labels")).remove(LABEL);
    var placement = (ObjectNode) spec.path("TaskTemplate").path("Placement");
    var kept =
        placement
            .path("Constraints")
            .valueStream()
            .map(JsonNode::asString)
            .filter(constraint -> !constraint.startsWith(constraint("")))
            .toList();
    placement.set("Constraints", DockerApi.JSON.valueToTree(kept));
    var version = service.path("Version").path("Index").asLong();
    try {
      docker.post(
          "/services/" + service.path("ID").asString() + "/update?version=" + version, spec);
      return true;
    } catch (DockerException e) {
      return e.notFound();
    }
  }
}
