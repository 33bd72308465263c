package dev.slipway.deploy;

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
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;

/// Every build, with its log as a file. Thread-safe.
public final class Builds {
  private static final RowMapper<Build> BUILD =
      (row, context) ->
          new Build(
              UUID.fromString(row.getString("id")),
              AppId.of(row.getString("app_id")),
              row.getString("commit_id"),
              BuildStatus.valueOf(row.getString("status")),
              AccountId.of(row.getString("account_id")),
              Optional.ofNullable(row.getString("slug_id")).map(UUID::fromString).orElse(null),
              Optional.ofNullable(row.getString("release_id")).map(UUID::fromString).orElse(null),
              new Secret(row.getString("output_key")),
              Instant.parse(row.getString("created_at")),
              Instant.parse(row.getString("updated_at")));

  private final Store store;
  private final Path logs;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /// Builds kept in the store, their logs in a directory.
  public Builds(Store store, Path logs, Clock clock) {
    this.store = store;
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
            UUID.randomUUID(), app, commit, BuildStatus.PENDING, by, null, null, key(), now, now);
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
    return build;
  }

  /// Notes that it led to a live release.
  public void succeed(Build build, Release release) {
    end(build, BuildStatus.SUCCEEDED, Optional.of(release));
  }

  /// Notes that it did not.
  public void fail(Build build) {
    end(build, BuildStatus.FAILED, Optional.empty());
  }

  /// Notes that it came to its end before its source could be built, and keeps why in its log.
  public void fail(Build build, String why) {
    try (var log = BuildLogFile.open(output(build), line -> {})) {
      why.lines().forEach(line -> log.line(" !     " + line));
    }
    fail(build);
  }

  /// Marks builds that an earlier process left running as failed: they died with it.
  public void failInterrupted() {
    store.useTransaction(db ->
        db.createUpdate(
                "UPDATE builds SET status = 'FAILED', updated_at = :now WHERE status = 'PENDING'")
            .bind("now", now().toString())
            .execute());
  }

  /// The app's build of that id.
  ///
  /// @throws UserError not_found, when there is none
  public Build get(AppId app, String id) {
    return store
        .read(db ->
            db.createQuery("SELECT * FROM builds WHERE app_id = :app AND id = :id")
                .bind("app", app.toString())
                .bind("id", id)
                .map(BUILD)
                .findOne())
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that build."));
  }

  /// The app's builds, oldest first.
  public List<Build> list(AppId app) {
    return store.read(db ->
        db.createQuery("SELECT * FROM builds WHERE app_id = :app ORDER BY created_at")
            .bind("app", app.toString())
            .map(BUILD)
            .list());
  }

  /// Where the build's log is kept; it grows while the build runs.
  public Path output(Build build) {
    return logs.resolve(build.id() + ".log");
  }

  private void end(Build build, BuildStatus status, Optional<Release> release) {
    store.useTransaction(db ->
        db.createUpdate(
                """
                UPDATE builds SET status = :status, release_id = :release, slug_id = :slug,
                                  updated_at = :now
                WHERE id = :id\
                """)
            .bind("status", status.name())
            .bind("release", release.map(each -> each.id().toString()).orElse(null))
            .bind(
                "slug",
                release.flatMap(Release::slug).map(slug -> slug.id().toString()).orElse(null))
            .bind("now", now().toString())
            .bind("id", build.id().toString())
            .execute());
  }

  private Secret key() {
    var bytes = new byte[16];
    random.nextBytes(bytes);
    return new Secret(HexFormat.of().formatHex(bytes));
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
