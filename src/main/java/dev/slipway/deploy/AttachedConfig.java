package dev.slipway.deploy;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/// Tells which of an app's config vars belong to its add-ons: only these change them, and a
/// rollback leaves them as they are.
@FunctionalInterface
public interface AttachedConfig {
  /// No add-ons anywhere.
  AttachedConfig NONE = (db, app) -> new TreeMap<>();

  /// The config vars that the app has by its add-ons.
  SortedMap<String, Secret> of(Handle db, AppId app);

  /// Checks that a person may change these config vars.
  ///
  /// @throws UserError invalid_params, when one belongs to an add-on
  default void requireFree(Handle db, AppId app, Collection<String> names) {
    var attached = new TreeSet<>(of(db, app).keySet());
    attached.retainAll(names);
    if (!attached.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Cannot change " + String.join(", ", attached),
              "an add-on sets it",
              "heroku addons:detach takes it away; heroku addons shows the attachments"));
    }
  }
}
