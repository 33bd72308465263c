package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmNodes.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Ends what Slipway runs on a host, and has the Swarm forget it.
///
/// @param directory of what is kept of hosts
/// @param name what the host was called
record HostRemoval(SwarmNodes nodes, Path directory, String name, Node node) {
  /// The engine and its packages stay.
  private static final String LEAVE =
      """
      set -e
      docker ps --all --quiet --filter label=slipway.system | xargs -r docker rm --force >/dev/null
      [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" = inactive ] || docker swarm leave >/dev/null
      OPEN
      for image in $(docker image ls --quiet --filter reference='127.0.0.1:5000/*' | sort -u) \\
          $(docker image ls --quiet --filter reference='slipway-*' | sort -u); do
        docker image rm --force "$image" >/dev/null 2>&1 || true
      done
      rm -rf /var/lib/slipway/router /var/lib/slipway/agent
      """
          .replace("OPEN", FleetPorts.OPEN);

  /// Closed before it is looked at, so that nothing comes in between.
  void require(boolean evenDead) {
    if (node.manager()) {
      throw problem(
          ErrorCode.CONFLICT,
          name + " is a manager",
          null,
          "./slipway hosts demote " + name + ", and then this again");
    }
    if (node.ready()) {
      nodes.label(node.id(), Map.of(SwarmNodes.DRAINED, "yes"));
      requireNoData();
      requireEmpty();
    } else if (!evenDead) {
      throw problem(
          ErrorCode.UNAVAILABLE,
          name + " does not answer",
          "nothing can be ended there",
          "When it is gone for good: ./slipway hosts remove " + name + " --dead");
    }
  }

  /// A host that keeps its data goes on as it was.
  private void requireNoData() {
    try {
      new HostData(directory).requireNone(name, node);
    } catch (UserError refused) {
      if (!node.isDrained()) {
        nodes.label(node.id(), Map.of(SwarmNodes.DRAINED, "no"));
      }
      throw refused;
    }
  }

  private void requireEmpty() {
    if (!nodes.appsOn(node.id()).isEmpty()) {
      throw problem(
          ErrorCode.CONFLICT,
          "There are dynos on " + name,
          null,
          "./slipway hosts drain " + name + ", and then this again");
    }
  }

  List<Step> steps() {
    var url = node.labels().get(Hosts.SSH);
    return List.of(
        new Step(
            "Closed for dynos",
            _ -> {
              nodes.label(node.id(), Map.of(SwarmNodes.OPEN, "no"));
              return "done";
            }),
        new Step("Slipway's parts", _ -> node.ready() && url != null ? leave(url) : "out of reach"),
        new Step("Swarm", _ -> forget(url)));
  }

  private String forget(@Nullable String url) {
    nodes.remove(node.id());
    if (url != null) {
      HostConnection.forgetKey(List.of("ssh"), RemoteHost.of(url), directory);
    }
    return "forgotten";
  }

  private String leave(String url) {
    try (var host = HostConnection.open(List.of("ssh"), RemoteHost.of(url), directory, false)) {
      var ended = host.run(LEAVE, _ -> {});
      if (ended.status() != 0) {
        throw problem(
            ErrorCode.UNAVAILABLE,
            "Slipway's parts can't be removed there",
            ended.tail(),
            "Look there.");
      }
      return "removed";
    }
  }

  private static UserError problem(ErrorCode code, String what, @Nullable String why, String hint) {
    return new UserError(new Problem(code, what, why, hint));
  }
}
