package dev.slipway.deploy;

import dev.slipway.apps.AppEvent;
import dev.slipway.apps.AppEvent.Action;
import dev.slipway.apps.AppEvents;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.release.Release;
import dev.slipway.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Every build, with its log as a file. A build ends when its deploy does; one whose deploy broke
/// off after it had led to a release, because control ended, ends as that release does.
/// Thread-safe.
public final class Builds {
  private static final String SELECT =
      """
      SELECT b.*, r.status AS release_status, r.updated_at AS release_updated_at
      FROM builds b LEFT JOIN releases r ON r.id = b.release_id
      """;

  private static final int KEY_BYTES = 16;

  private final Store store;
  private final Path logs;
  private final Clock clock;
  private final AppEvents events;
  private final Set<UUID> running = ConcurrentHashMap.newKeySet();

  /// Builds kept in the store, their logs in a directory.
  public Builds(Store store, Path logs, Clock clock) {
    this(store, logs, clock, new AppEvents());
  }

  /// The same, that tell what happens to them.
  public Builds(Store store, Path logs, Clock clock, AppEvents events) {
    this.store = store;
    this.events = events;
    this.logs = logs;
    this.clock = clock;
    try {
      Files.createDirectories(logs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Notes that a build begins.
  public Build start(AppId app, String commit, AccountId by) {
    var now = now();
    var build =
        new Build(
            UUID.randomUUID(),
            app,
            commit,
            BuildStatus.PENDING,
            by,
            null,
            null,
            Secret.random(KEY_BYTES),
            now,
            now);
    running.add(build.id());
    store.useTransaction(db ->
        db.createUpdate(
                """
                INSERT INTO builds (id, app_id, status, commit_id, account_id, output_key,
                                    created_at, updated_at)
                VALUES (:id, :app, :status, :commit, :account, :key, :now, :now)\
                """)
            .bind("id", build.id().toString())
            .bind("app", app.toString())
            .bind("status", build.status().name())
            .bind("commit", commit)
            .bind("account", by.toString())
            .bind("key", build.outputKey().reveal())
            .bind("now", now.toString())
            .execute());
    events.happened(AppEvent.of(app, Action.CREATE, build).by(by));
    return build;
  }

  /// Notes the release that it led to, as part of the transaction that adds it.
  public void lead(Handle db, Build build, Release release) {
    db.createUpdate("UPDATE builds SET release_id = :release, slug_id = :slug WHERE id = :id")
        .bind("release", release.id().toString())
        .bind("slug", release.slug().map(slug -> slug.id().toString()).orElse(null))
        .bind("id", build.id().toString())
        .execute();
  }

  /// Notes that its release is live.
  public void succeed(Build build) {
    end(build, "UPDATE builds SET status = 'SUCCEEDED', updated_at = :now WHERE id = :id");
  }

  /// Notes that its deploy failed. When its release may still go live, that decides.
  public void fail(Build build) {
    end(
        build,
        """
        UPDATE builds SET status = 'FAILED', updated_at = :now
        WHERE id = :id AND NOT EXISTS
          (SELECT 1 FROM releases r WHERE r.id = builds.release_id AND r.status <> 'FAILED')\
        """);
  }

  /// Notes that it came to its end before its source could be built, and keeps why in its log.
  public void fail(Build build, String why) {
    try (var log = BuildLogFile.open(output(build), line -> {})) {
      why.lines().forEach(line -> log.line(" !     " + line));
    }
    fail(build);
  }

  /// Marks builds that an earlier process left running as failed: they died with it. Those that had
  /// led to a release did their part.
  public void failInterrupted() {
    store.useTransaction(db ->
        db.createUpdate(
                """
                UPDATE builds SET status = 'FAILED', updated_at = :now
                WHERE status = 'PENDING' AND release_id IS NULL\
                """)
            .bind("now", now().toString())
            .execute());
  }

  /// The app's build of that id.
  ///
  /// @throws UserError not_found, when there is none
  public Build get(AppId app, String id) {
    return store
        .read(db ->
            db.createQuery(SELECT + "WHERE b.app_id = :app AND b.id = :id")
                .bind("app", app.toString())
                .bind("id", id)
                .map((row, context) -> build(row))
                .findOne())
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that build."));
  }

  /// The app's builds, oldest first.
  public List<Build> list(AppId app) {
    return store.read(db ->
        db.createQuery(SELECT + "WHERE b.app_id = :app ORDER BY b.created_at")
            .bind("app", app.toString())
            .map((row, context) -> build(row))
            .list());
  }

  /// Where the build's log is kept; it grows while the build runs.
  public Path output(Build build) {
    return logs.resolve(build.id() + ".log");
  }

  /// Forgets what builds wrote, when their app is gone.
  void deleteOutputs(List<Build> ofNoApp) {
    try {
      for (var build : ofNoApp) {
        Files.deleteIfExists(output(build));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void end(Build build, String update) {
    store.useTransaction(db ->
        db.createUpdate(update)
            .bind("now", now().toString())
            .bind("id", build.id().toString())
            .execute());
    running.remove(build.id());
    events.happened(() ->
        AppEvent.of(build.app(), Action.UPDATE, get(build.app(), build.id().toString()))
            .by(build.createdBy()));
  }

  private Build build(ResultSet row) throws SQLException {
    var id = UUID.fromString(row.getString("id"));
    var ended = BuildStatus.valueOf(row.getString("status"));
    var ofRelease = row.getString("release_status");
    var follows = ended == BuildStatus.PENDING && ofRelease != null && !running.contains(id);
    var status = follows ? BuildStatus.valueOf(ofRelease) : ended;
    return new Build(
        id,
        AppId.of(row.getString("app_id")),
        row.getString("commit_id"),
        status,
        AccountId.of(row.getString("account_id")),
        ledTo(row.getString("slug_id"), status),
        ledTo(row.getString("release_id"), status),
        new Secret(row.getString("output_key")),
        Instant.parse(row.getString("created_at")),
        Instant.parse(row.getString(follows ? "release_updated_at" : "updated_at")));
  }

  /// What it led to is told when it is live.
  private static @Nullable UUID ledTo(@Nullable String id, BuildStatus status) {
    return id == null || status != BuildStatus.SUCCEEDED ? null : UUID.fromString(id);
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
