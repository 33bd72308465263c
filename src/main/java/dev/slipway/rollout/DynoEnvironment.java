package dev.slipway.rollout;

import dev.slipway.apps.App;
import dev.slipway.core.DynoName;
import dev.slipway.core.Secret;
import dev.slipway.release.Release;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// The environment of a dyno: the release's config vars, and what Heroku tells every dyno about
/// itself. The platform's own names win, as there.
///
/// Source: Heroku Dev Center, "Dyno Metadata" and "Dynos and the Dyno Manager".
public final class DynoEnvironment {
  /// The port that web dynos listen on. The same in all: each has an address of its own.
  static final int PORT = 5000;

  private DynoEnvironment() {}

  /// The environment of a dyno of the release.
  ///
  /// @param dynoId what Heroku calls the dyno's id; new with each dyno
  public static SortedMap<String, Secret> of(App app, Release release, DynoName dyno, UUID dynoId) {
    var environment = new TreeMap<>(release.config().values());
    environment.putAll(DatabaseWays.of(release.config(), dyno.type()));
    metadata(app, release, dyno, dynoId)
        .forEach((name, value) -> environment.put(name, new Secret(value)));
    return environment;
  }

  private static SortedMap<String, String> metadata(
      App app, Release release, DynoName dyno, UUID dynoId) {
    var metadata = new TreeMap<String, String>();
    metadata.put("DYNO", dyno.toString());
    metadata.put("PORT", Integer.toString(PORT));
    metadata.put("HEROKU_APP_ID", app.id().toString());
    metadata.put("HEROKU_APP_NAME", app.name().value());
    metadata.put("HEROKU_DYNO_ID", dynoId.toString());
    metadata.put("HEROKU_RELEASE_CREATED_AT", release.createdAt().toString());
    metadata.put("HEROKU_RELEASE_VERSION", release.version().toString());
    release
        .slug()
        .ifPresent(slug -> {
          metadata.put("HEROKU_SLUG_COMMIT", slug.commit());
          metadata.put("HEROKU_SLUG_DESCRIPTION", release.description());
          metadata.put("HEROKU_BUILD_COMMIT", slug.commit());
        });
    return metadata;
  }
}
