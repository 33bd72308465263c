package dev.slipway.install;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.DockerApi;
import dev.slipway.engine.DockerException;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmSetup;
import dev.slipway.engine.SwarmSetup.Membership;
import java.time.Duration;

/// A node's place among the Swarm's managers, given and taken by asking another one of them.
///
/// @param manager that one's engine
/// @param node the node's id
record ManagerRole(DockerApi manager, String node) {
  /// A node that has just ceased to be one takes half a minute to become one again.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration AGREEMENT = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int CHANGES = 1_000;

  /// Returns when the node is a manager and has taken in what there is.
  ///
  /// @param host the node's own engine
  void give(DockerApi host) {
    new SwarmSetup(manager).keepChanges(CHANGES);
    ask(true);
    await(host, Membership.MANAGER, "The host does not become a manager");
    // Of two managers both must agree: nothing goes on before that.
    ask(true);
  }

  /// Returns when the node knows that it is none.
  ///
  /// @param host the node's own engine
  void take(DockerApi host) {
    ask(false);
    await(host, Membership.WORKER, "The host does not cease to be a manager");
  }

  /// The managers may take longer to agree than the engine waits, such as while images come to one
  /// of them.
  void ask(boolean shallBe) {
    if (!Waiting.until(AGREEMENT, PAUSE, () -> agree(shallBe))) {
      throw problem(
          "The managers do not agree on it",
          "most of them must be up, and reach each other at 2377/tcp");
    }
  }

  private boolean agree(boolean shallBe) {
    try {
      new SwarmNodes(manager).setManager(node, shallBe);
      return true;
    } catch (DockerException e) {
      if (e.temporary()) {
        return false;
      }
      throw e;
    }
  }

  private static void await(DockerApi host, Membership wanted, String otherwise) {
    var swarm = new SwarmSetup(host);
    if (!Waiting.until(PATIENCE, () -> swarm.info().membership() == wanted)) {
      throw problem(otherwise, "hosts must reach each other at 2377/tcp");
    }
  }

  private static UserError problem(String what, String why) {
    return new UserError(
        new Problem(ErrorCode.UNAVAILABLE, what, why, "When that is mended, run this again."));
  }
}
