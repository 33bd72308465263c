package dev.slipway.release;

import dev.slipway.apps.AppEvent;
import dev.slipway.apps.AppEvent.Action;
import dev.slipway.apps.AppEvents;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.ReleaseVersion;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.image.ImageReference;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/// Every release of every app. Releases are added, never changed but for their status. Thread-safe.
public final class Releases {
  private static final String SELECT =
      """
      SELECT r.*, s.id AS s_id, s.commit_id AS s_commit, s.language AS s_language,
             s.processes AS s_processes, s.created_at AS s_created_at
      FROM releases r LEFT JOIN slugs s ON s.id = r.slug_id
      """;

  /// SQLite gives the columns of the row that holds the maximum.
  private static final String DEPLOYED_AT =
      """
      SELECT app_id, slug_id, created_at, max(version) FROM releases
      WHERE status <> 'FAILED'
      """;

  private static final int OUTPUT_KEY_BYTES = 16;

  private final Store store;
  private final Vault vault;
  private final Clock clock;
  private final AppEvents events;
  private final RowMapper<Release> release;

  /// Releases kept in the store, their config vars sealed by the vault.
  public Releases(Store store, Vault vault, Clock clock) {
    this(store, vault, clock, new AppEvents());
  }

  /// The same, that tell what happens to them.
  public Releases(Store store, Vault vault, Clock clock, AppEvents events) {
    this.store = store;
    this.events = events;
    this.vault = vault;
    this.clock = clock;
    this.release = (row, context) -> ReleaseRow.read(row, vault);
  }

  /// Keeps what a build gave.
  public Slug addSlug(Slug slug) {
    return store.inTransaction(db -> addSlug(db, slug));
  }

  /// The same, within a transaction.
  public Slug addSlug(Handle db, Slug slug) {
    db.createUpdate(
            """
            INSERT INTO slugs (id, app_id, commit_id, language, processes, created_at)
            VALUES (:id, :app, :commit, :language, :processes, :now)\
            """)
        .bind("id", slug.id().toString())
        .bind("app", slug.app().toString())
        .bind("commit", slug.commit())
        .bind("language", slug.language())
        .bind("processes", SlugJson.write(slug.processes()))
        .bind("now", slug.createdAt().toString())
        .execute();
    return slug;
  }

  /// Adds the next release of the app.
  ///
  /// @param slug what it runs, or null before the first deploy
  public Release add(
      Handle db,
      AppId app,
      String description,
      ReleaseStatus status,
      @Nullable Slug slug,
      ConfigVars config,
      AccountId createdBy) {
    var version =
        db.createQuery("SELECT coalesce(max(version), 0) + 1 FROM releases WHERE app_id = :app")
            .bind("app", app.toString())
            .mapTo(Integer.class)
            .one();
    var now = Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
    var added =
        new Release(
            UUID.randomUUID(),
            app,
            new ReleaseVersion(version),
            description,
            status,
            slug,
            config,
            createdBy,
            Secret.random(OUTPUT_KEY_BYTES),
            now,
            now);
    db.createUpdate(
            """
            INSERT INTO releases (id, app_id, version, description, status, slug_id, config,
                                  account_id, output_key, created_at, updated_at)
            VALUES (:id, :app, :version, :description, :status, :slug, :config,
                    :account, :key, :now, :now)\
            """)
        .bind("id", added.id().toString())
        .bind("app", app.toString())
        .bind("version", version)
        .bind("description", description)
        .bind("status", status.name())
        .bind("slug", slug == null ? null : slug.id().toString())
        .bind("config", vault.seal(ConfigVarsJson.write(config), added.id().toString()))
        .bind("account", createdBy.toString())
        .bind("key", added.outputKey().reveal())
        .bind("now", now.toString())
        .execute();
    db.afterCommit(() -> events.happened(AppEvent.of(app, Action.CREATE, added).by(createdBy)));
    return added;
  }

  /// Marks a release as live or failed.
  public void setStatus(Handle db, UUID id, ReleaseStatus status) {
    db.createUpdate("UPDATE releases SET status = :status, updated_at = :now WHERE id = :id")
        .bind("status", status.name())
        .bind("now", Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString())
        .bind("id", id.toString())
        .execute();
    db.afterCommit(() -> events.happened(() -> updated(get(id))));
  }

  private static AppEvent updated(Release release) {
    return AppEvent.of(release.app(), Action.UPDATE, release).by(release.createdBy());
  }

  /// The app's releases, oldest first.
  public List<Release> list(AppId app) {
    return store.read(db ->
        db.createQuery(SELECT + "WHERE r.app_id = :app ORDER BY r.version")
            .bind("app", app.toString())
            .map(release)
            .list());
  }

  /// The release of that identity.
  public Release get(UUID id) {
    return store.read(db ->
        db.createQuery(SELECT + "WHERE r.id = :id").bind("id", id.toString()).map(release).one());
  }

  /// The release of an app by its number, `v` and number, or id.
  ///
  /// @throws UserError not_found, when the app has no such release
  public Release get(AppId app, String versionOrId) {
    var key = versionOrId.toLowerCase(Locale.ROOT).replaceFirst("^v(?=[0-9])", "");
    return find(app.toString(), key)
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that release."));
  }

  /// The release of an app, both by id, if there is one; the release also by its bare number.
  public Optional<Release> find(String app, String key) {
    return store.read(db ->
        db.createQuery(
                SELECT
                    + "WHERE r.app_id = :app AND (r.id = :key OR CAST(r.version AS TEXT) = :key)")
            .bind("app", app)
            .bind("key", key)
            .map(release)
            .findOne());
  }

  /// The release that counts: the newest that has not failed. Each app has one from its creation
  /// on.
  public Release current(AppId app) {
    return store.read(db -> current(db, app));
  }

  /// The same, within a transaction.
  public Release current(Handle db, AppId app) {
    return db.createQuery(
            SELECT
                + "WHERE r.app_id = :app AND r.status <> 'FAILED' ORDER BY r.version DESC LIMIT 1")
        .bind("app", app.toString())
        .map(release)
        .one();
  }

  /// When the current release of each app was made; apps whose current release holds no code are
  /// left out.
  public Map<AppId, Instant> deployedAt() {
    return store.read(db ->
        db.createQuery(DEPLOYED_AT + "GROUP BY app_id")
            .reduceRows(
                new HashMap<AppId, Instant>(),
                (times, row) -> {
                  if (row.getColumn("slug_id", String.class) != null) {
                    times.put(
                        AppId.of(row.getColumn("app_id", String.class)),
                        Instant.parse(row.getColumn("created_at", String.class)));
                  }
                  return times;
                }));
  }

  /// When the app's current release was made, if it holds code.
  public Optional<Instant> deployedAt(AppId app) {
    return store.read(db ->
        db.createQuery(DEPLOYED_AT + "AND app_id = :app GROUP BY app_id")
            .bind("app", app.toString())
            .map((row, context) -> {
              var created = Instant.parse(row.getString("created_at"));
              return Optional.ofNullable(row.getString("slug_id")).map(slug -> created);
            })
            .findOne()
            .flatMap(found -> found));
  }

  /// The release that users get, of each app.
  public Map<AppId, UUID> live() {
    return store.read(db ->
        db.createQuery(
                """
                SELECT app_id, id, max(version) FROM releases
                WHERE status = 'SUCCEEDED' GROUP BY app_id\
                """)
            .reduceRows(
                new HashMap<AppId, UUID>(),
                (live, row) -> {
                  live.put(
                      AppId.of(row.getColumn("app_id", String.class)),
                      UUID.fromString(row.getColumn("id", String.class)));
                  return live;
                }));
  }

  /// The release that users get of one app, if it has any.
  public Optional<UUID> liveId(AppId app) {
    return store.read(db ->
        db.createQuery(
                """
                SELECT id FROM releases WHERE app_id = :app AND status = 'SUCCEEDED'
                ORDER BY version DESC LIMIT 1\
                """)
            .bind("app", app.toString())
            .mapTo(String.class)
            .findOne()
            .map(UUID::fromString));
  }

  /// The release that users get: the newest that went live.
  public Release live(AppId app) {
    return store.read(db -> live(db, app));
  }

  /// The same, within a transaction.
  public Release live(Handle db, AppId app) {
    return db.createQuery(
            SELECT
                + "WHERE r.app_id = :app AND r.status = 'SUCCEEDED' ORDER BY r.version DESC LIMIT 1")
        .bind("app", app.toString())
        .map(release)
        .one();
  }

  /// Those of the images that were an app's and that no app needs: it is not in an app's newest
  /// five slugs whose releases went live or may yet. Images of others are left out.
  public Set<ImageReference> needless(Set<ImageReference> held) {
    var needed = newestImages();
    return held.stream()
        .filter(image -> isOfAnApp(image) && !needed.contains(image))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isOfAnApp(ImageReference image) {
    try {
      return AppId.of(image.repository()).toString().equals(image.repository());
    } catch (IllegalArgumentException anotherName) {
      return false;
    }
  }

  /// The images that apps have, or had by earlier releases.
  public Set<ImageReference> images() {
    return images("SELECT processes FROM slugs");
  }

  private Set<ImageReference> newestImages() {
    return images(
        """
        SELECT s.processes
        FROM (SELECT slug_id,
                     row_number() OVER (PARTITION BY app_id ORDER BY max(version) DESC) AS age
              FROM releases WHERE status <> 'FAILED' AND slug_id IS NOT NULL
              GROUP BY slug_id) newest
        JOIN slugs s ON s.id = newest.slug_id
        WHERE newest.age <= 5\
        """);
  }

  private Set<ImageReference> images(String sql) {
    return store.read(db ->
        db.createQuery(sql).mapTo(String.class).list().stream()
            .flatMap(processes -> SlugJson.read(processes).values().stream())
            .map(SlugProcess::image)
            .collect(Collectors.toUnmodifiableSet()));
  }

  /// The newest slug of the app that a release carried, if it has any.
  public Optional<Slug> slug(AppId app, UUID slugId) {
    return list(app).stream()
        .flatMap(each -> each.slug().stream())
        .filter(slug -> slug.id().equals(slugId))
        .findFirst();
  }
}
