package dev.slipway.apps;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which features each app has. Thread-safe.
public final class Features {
  private final Store store;
  private final Clock clock;

  /// A choice that was made.
  private record Choice(boolean enabled, Instant at) {}

  /// A feature as an app has it.
  ///
  /// @param updatedAt when it was last turned on or off; the app's start where it never was
  public record State(AppFeature feature, boolean enabled, Instant updatedAt) {}

  /// Features kept in the store.
  public Features(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// How the app has the feature.
  public State get(App app, AppFeature feature) {
    var chosen = choices(app.id()).get(feature.label());
    return chosen == null || !feature.isChoice()
        ? new State(feature, !feature.isChoice(), app.createdAt())
        : new State(feature, chosen.enabled(), chosen.at());
  }

  /// The apps that chose to have the feature.
  public Set<AppId> chosenBy(AppFeature feature) {
    return store.read(db ->
        db.createQuery("SELECT app_id FROM app_features WHERE name = :name AND enabled = 1")
            .bind("name", feature.label())
            .mapTo(String.class)
            .map(AppId::of)
            .collect(Collectors.toSet()));
  }

  /// Turns a feature on or off.
  ///
  /// @throws UserError when it is no choice
  public State set(App app, AppFeature feature, boolean enabled) {
    if (!feature.isChoice()) {
      if (!enabled) {
        throw new UserError(
            new Problem(
                ErrorCode.INVALID_PARAMS,
                "Feature " + feature.label() + " can't be disabled",
                "it is how every app runs here",
                null));
      }
      return get(app, feature);
    }
    store.useTransaction(db ->
        db.createUpdate(
                """
                INSERT INTO app_features VALUES (:app, :name, :enabled, :now)
                ON CONFLICT DO UPDATE SET enabled = :enabled, updated_at = :now\
                """)
            .bind("app", app.id().toString())
            .bind("name", feature.label())
            .bind("enabled", enabled ? 1 : 0)
            .bind("now", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())
            .execute());
    return get(app, feature);
  }

  private Map<String, Choice> choices(AppId app) {
    return store.read(db ->
        db.createQuery("SELECT name, enabled, updated_at FROM app_features WHERE app_id = :app")
            .bind("app", app.toString())
            .map((row, _) ->
                Map.entry(
                    row.getString("name"),
                    new Choice(
                        row.getBoolean("enabled"), Instant.parse(row.getString("updated_at")))))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }
}
