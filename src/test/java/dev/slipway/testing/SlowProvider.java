package dev.slipway.testing;

import dev.slipway.addons.Addon;
import dev.slipway.addons.Plan;
import dev.slipway.addons.Progress;
import dev.slipway.addons.Provider;
import dev.slipway.addons.Service;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// A provider whose add-ons are ready only when they are asked for the second time, and gone only
/// then; of plan `never` or `refused`, they can't be had, and those of plan `stale` are due for
/// config vars that they never get. It keeps what it holds, as a database server does.
public final class SlowProvider implements Provider {
  private static final Service SERVICE =
      new Service(
          "slow-store",
          "Slow store",
          "For tests",
          "STORE",
          List.of("URL"),
          List.of(
              new Plan("small", "Small", "A store"),
              new Plan("never", "Never", "No store"),
              new Plan("refused", "Refused", "No store either"),
              new Plan("stale", "Stale", "A store whose key can't be renewed")));

  private final Set<UUID> begun = ConcurrentHashMap.newKeySet();
  private final Set<UUID> ending = ConcurrentHashMap.newKeySet();

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public void check(Map<String, String> options) {}

  @Override
  public Progress provision(Addon addon) {
    if (begun.add(addon.id())) {
      return new Progress.Working();
    }
    return switch (addon.plan()) {
      case "never" -> new Progress.Failed("there is no room");
      case "refused" -> throw UserError.of(ErrorCode.INVALID_PARAMS, "It can't be made so.");
      default ->
          new Progress.Ready(
              Map.of("URL", new Secret("store://" + addon.id())), "Have fun with it");
    };
  }

  @Override
  public Progress changePlan(Addon addon, Plan before) {
    return new Progress.Failed("a slow store keeps its plan");
  }

  @Override
  public Optional<Instant> renewAt(String plan, Instant configuredAt) {
    return plan.equals("stale") ? Optional.of(configuredAt) : Optional.empty();
  }

  @Override
  public Map<String, Secret> renew(Addon addon) {
    throw new IllegalStateException("the store does not answer");
  }

  @Override
  public boolean deprovision(Addon addon) {
    return !ending.add(addon.id()) && begun.remove(addon.id());
  }

  /// Whether it holds anything.
  public boolean isEmpty() {
    return begun.isEmpty();
  }
}
