package dev.slipway.addons;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// A service that an app has. Others may share it, by attachments of their own.
///
/// @param app the one that it belongs to: when that is destroyed, so is the add-on
/// @param service the name of its service
/// @param plan the name of its plan, within the service
/// @param options what was asked for beside the plan
/// @param config its config vars, by what comes after the attachment's name
/// @param configuredAt since when these are its config vars
/// @param message what its provider said last; may be empty
public record Addon(
    UUID id,
    AppId app,
    String name,
    String service,
    String plan,
    Map<String, String> options,
    AddonState state,
    SortedMap<String, Secret> config,
    Instant configuredAt,
    String message,
    AccountId createdBy,
    Instant createdAt,
    Instant updatedAt) {
  /// Copies the maps.
  public Addon {
    options = Map.copyOf(options);
    config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
  }

  /// @throws UserError when it can't be used yet, or any more
  void requireProvisioned() {
    if (state != AddonState.PROVISIONED) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              name + " can't be used yet",
              "it is " + state.label(),
              "heroku addons:wait " + name));
    }
  }

  Addon at(AddonState next, String said, Instant now) {
    return new Addon(
        id,
        app,
        name,
        service,
        plan,
        options,
        next,
        config,
        configuredAt,
        said,
        createdBy,
        createdAt,
        now);
  }

  Addon with(Map<String, Secret> newConfig, String said, Instant now) {
    return new Addon(
        id,
        app,
        name,
        service,
        plan,
        options,
        AddonState.PROVISIONED,
        new TreeMap<>(newConfig),
        now,
        said,
        createdBy,
        createdAt,
        now);
  }

  Addon named(String newName, Instant now) {
    return new Addon(
        id,
        app,
        newName,
        service,
        plan,
        options,
        state,
        config,
        configuredAt,
        message,
        createdBy,
        createdAt,
        now);
  }

  Addon of(Plan newPlan, Instant now) {
    return new Addon(
        id,
        app,
        name,
        service,
        newPlan.name(),
        options,
        state,
        config,
        configuredAt,
        message,
        createdBy,
        createdAt,
        now);
  }
}
