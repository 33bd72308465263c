package dev.slipway.install;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.engine.SwarmNodes;
import dev.slipway.engine.SwarmNodes.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Moves the dynos of a host to others, by a rollout of each app that has some there.
final class HostDraining {
  private static final Duration DRAINED_WITHIN = Duration.ofMinutes(10);

  /// How long the rollout that moves an app's dynos may take before it is asked for again.
  private static final Duration MOVED_WITHIN = Duration.ofMinutes(2);

  private final SwarmNodes nodes;
  private final PlatformClient platform;
  private final String name;
  private final Node node;
  private final Map<AppId, Instant> asked = new HashMap<>();

  /// @param name what the host was called
  HostDraining(SwarmNodes nodes, PlatformClient platform, String name, Node node) {
    this.nodes = nodes;
    this.platform = platform;
    this.name = name;
    this.node = node;
  }

  /// Lets no dyno come any more.
  ///
  /// @throws UserError when no other host takes them
  void close() {
    requireAnother();
    nodes.label(node.id(), Map.of(SwarmNodes.DRAINED, "yes"));
  }

  private void requireAnother() {
    if (nodes.list().stream()
        .noneMatch(other -> other.takesDynos() && !other.id().equals(node.id()))) {
      throw new UserError(
          new Problem(
              ErrorCode.CONFLICT,
              "There is no other host that takes dynos",
              null,
              "./slipway hosts add ssh://USER@ADDRESS, or undrain another"));
    }
  }

  /// Returns when none is left.
  void empty(Consumer<String> progress) {
    if (!Waiting.until(DRAINED_WITHIN, () -> isEmptied(progress))) {
      throw new UserError(
          new Problem(
              ErrorCode.UNAVAILABLE,
              "Dynos are still on " + name,
              "other hosts may lack memory for them",
              "./slipway hosts shows what is where; run this again, or ./slipway hosts undrain "
                  + name));
    }
  }

  /// An app may come late, by a rollout that began before the host was closed, and a rollout that
  /// was to move one may have failed.
  private boolean isEmptied(Consumer<String> progress) {
    var left = nodes.appsOn(node.id());
    var now = Instant.now();
    for (var app : left) {
      if (asked.getOrDefault(app, Instant.MIN).isBefore(now.minus(MOVED_WITHIN))) {
        progress.accept("moving the dynos of " + app);
        platform.moveDynos(app);
        asked.put(app, now);
      }
    }
    return left.isEmpty();
  }
}
