package dev.slipway.engine;

import dev.slipway.core.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// Dynos that are held to the host that was chosen for them.
///
/// @param docker the engine of a manager
record Holds(DockerApi docker) {
  private static final String LABEL = "slipway.held";
  private static final String HERE = "node.id==";

  /// A held service has these beyond its dyno's own; its tasks do not.
  static final Map<String, String> LABELS = Map.of(LABEL, "yes");

  /// To no other node than this one.
  static String constraint(String node) {
    return HERE + node;
  }

  /// Ends the holds on those services. Their dynos run on.
  ///
  /// @return whether others are held still
  boolean release(Predicate<ServiceName> settled) {
    var left = false;
    var held = DockerApi.filters(Map.of("label", List.of(LABEL)));
    for (var service : docker.get("/services?" + held)) {
      if (settled.test(new ServiceName(service.path("Spec").path("Name").asString()))) {
        new SwarmSpec(docker, "/services/" + service.path("ID").asString())
            .changeUnlessGone(Holds::release);
      } else {
        left = true;
      }
    }
    return left;
  }

  private static void release(ObjectNode spec) {
    ((ObjectNode) spec.path("Labels")).remove(LABEL);
    SwarmSpec.loosen(spec, constraint -> constraint.startsWith(HERE));
  }
}
