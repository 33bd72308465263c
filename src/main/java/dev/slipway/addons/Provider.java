package dev.slipway.addons;

import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Provides add-ons of one service. Each call can come again with the same add-on, after control
/// was killed in the midst of the last one: what is there already, or gone already, is no error. A
/// call that throws is tried again a second later; only a `UserError` while it is provisioned ends
/// that, as `Failed` does.
///
/// Config vars are named by what comes after the attachment's name: `URL` becomes `DATABASE_URL`
/// where the add-on is attached as `DATABASE`.
public interface Provider {
  /// What it provides.
  Service service();

  /// Checks what the user asks for beside the plan, before anything is made.
  ///
  /// @throws UserError when an option is not known or can't be
  void check(Map<String, String> options);

  /// Brings the add-on a step nearer to being ready. It is asked again each second until it is
  /// ready or has failed.
  Progress provision(Addon addon);

  /// The same for a change to the add-on's plan, which is new already.
  ///
  /// @param before the plan that it had
  /// @throws UserError when there is no way from that plan to this
  Progress changePlan(Addon addon, Plan before);

  /// When an add-on of the plan gets new config vars, if ever.
  ///
  /// @param configuredAt since when it has those of now
  default Optional<Instant> renewAt(String plan, Instant configuredAt) {
    return Optional.empty();
  }

  /// The new config vars, once it is time for some.
  default Map<String, Secret> renew(Addon addon) {
    return addon.config();
  }

  /// Takes the add-on away, for good. It is asked again each second until nothing is left.
  ///
  /// @return whether nothing is left
  boolean deprovision(Addon addon);
}
