package dev.slipway.addons;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A random key for sessions, cookies and tokens, the same in every app that it is attached to. By
/// plan it is replaced from time to time; the one before stays beside it until the next, so that
/// what was signed with it is still accepted.
public final class SecretProvider implements Provider {
  private static final int BYTES = 32;
  private static final String KEY = "KEY";
  private static final String PREVIOUS = "KEY_PREVIOUS";

  private static final Plan FIXED =
      new Plan("fixed", "Fixed", "One key, for as long as the add-on lives");

  private static final Map<String, Duration> EACH =
      Map.of(
          "daily",
          Duration.ofDays(1),
          "weekly",
          Duration.ofDays(7),
          "monthly",
          Duration.ofDays(30));

  private static final Service SERVICE =
      new Service(
          "slipway-secret",
          "Secret key",
          "A random 256-bit key as config var, shared by the apps that it is attached to",
          "SECRET",
          List.of(KEY, PREVIOUS),
          List.of(
              FIXED,
              new Plan("monthly", "Monthly", "A new key every 30 days; the one before stays valid"),
              new Plan("weekly", "Weekly", "A new key every 7 days; the one before stays valid"),
              new Plan("daily", "Daily", "A new key every day; the one before stays valid")));

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public void check(Map<String, String> options) {
    if (!options.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The add-on can't be made so",
              SERVICE.name() + " takes no options",
              "Leave out what follows the double dash"));
    }
  }

  @Override
  public Progress provision(Addon addon) {
    return new Progress.Ready(Map.of(KEY, Secret.random(BYTES)), "");
  }

  /// Only the time of the next key changes.
  @Override
  public Progress changePlan(Addon addon, Plan before) {
    return new Progress.Ready(addon.config(), "");
  }

  @Override
  public Optional<Instant> renewAt(String plan, Instant configuredAt) {
    return Optional.ofNullable(EACH.get(plan)).map(configuredAt::plus);
  }

  @Override
  public Map<String, Secret> renew(Addon addon) {
    var old = requireNonNull(addon.config().get(KEY));
    return Map.of(KEY, Secret.random(BYTES), PREVIOUS, old);
  }

  @Override
  public boolean deprovision(Addon addon) {
    return true;
  }
}
