package dev.slipway.pipelines;

import dev.slipway.apps.App;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.deploy.Releaser;
import dev.slipway.release.Release;
import dev.slipway.release.ReleaseStatus;
import dev.slipway.release.Slug;
import dev.slipway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Promotions: the code of one app, bit for bit, released on others of its pipeline. All targets
/// get their releases in one transaction, so a promotion is there whole or not at all; from then on
/// a target stands where its release does, whatever happens to control. Thread-safe.
public final class Promotions {
  private final Store store;
  private final Pipelines pipelines;
  private final Releaser releaser;
  private final Clock clock;

  /// Promotions among these pipelines.
  public Promotions(Store store, Pipelines pipelines, Releaser releaser, Clock clock) {
    this.store = store;
    this.pipelines = pipelines;
    this.releaser = releaser;
    this.clock = clock;
  }

  /// Releases the code of a release on the targets, each with its own config vars. The rollouts go
  /// on in the background.
  ///
  /// @throws UserError when an app is not in the pipeline, or there is nothing to promote
  public Promotion promote(
      Pipeline pipeline, App source, Release release, List<App> targets, AccountId by) {
    var slug = promotable(source, release);
    check(pipeline, source, targets);
    var id = UUID.randomUUID();
    releaser.together(
        by,
        work -> {
          insert(work.db(), id, pipeline, source, release);
          for (var target : targets) {
            var made = work.code(target, slug, description(source, release, slug));
            insertTarget(work.db(), id, target, made);
          }
          return id;
        });
    return get(id.toString(), by);
  }

  /// The promotion of that id, in a pipeline of the owner.
  ///
  /// @throws UserError not_found, when the owner has none such
  public Promotion get(String id, AccountId owner) {
    var targets = targets(id);
    return store
        .read(db ->
            db.createQuery(
                    """
                    SELECT m.* FROM promotions m JOIN pipelines p ON p.id = m.pipeline_id
                    WHERE m.id = :id AND p.owner_id = :owner\
                    """)
                .bind("id", id)
                .bind("owner", owner.toString())
                .map((row, context) -> promotion(row, targets))
                .findOne())
        .orElseThrow(
            () -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that pipeline promotion."));
  }

  private static Slug promotable(App source, Release release) {
    if (release.status() != ReleaseStatus.SUCCEEDED) {
      throw invalid(
          source,
          "release " + release.version() + " is not live",
          "heroku releases -a " + source.name() + " shows which are");
    }
    return release
        .slug()
        .orElseThrow(
            () -> invalid(source, "nothing was deployed to it yet", "Push its code, then promote"));
  }

  private void check(Pipeline pipeline, App source, List<App> targets) {
    var members =
        pipelines.couplings(pipeline).stream()
            .map(Coupling::app)
            .collect(Collectors.toUnmodifiableSet());
    requireMember(pipeline, members.contains(source.id()), source);
    if (targets.isEmpty()) {
      throw invalid(
          source, "no target is named", "heroku pipelines:add puts an app into the next stage");
    }
    var seen = new HashSet<AppId>();
    for (var target : targets) {
      requireMember(pipeline, members.contains(target.id()), target);
      if (target.id().equals(source.id())) {
        throw invalid(source, "its target is the same app", "Name another app by --to");
      }
      if (!seen.add(target.id())) {
        throw invalid(source, target.name() + " is named twice", "Name each target once");
      }
    }
  }

  private static void requireMember(Pipeline pipeline, boolean member, App app) {
    if (!member || !app.owner().equals(pipeline.owner())) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              app.name() + " can't take part",
              "it is not in pipeline " + pipeline.name(),
              "heroku pipelines:add " + pipeline.name() + " -a " + app.name()));
    }
  }

  private static UserError invalid(App source, String why, String hint) {
    return new UserError(
        new Problem(ErrorCode.INVALID_PARAMS, "Cannot promote from " + source.name(), why, hint));
  }

  private static String description(App source, Release release, Slug slug) {
    var commit = slug.commit().substring(0, Math.min(8, slug.commit().length()));
    return ("Promote " + source.name() + " " + release.version() + " " + commit).strip();
  }

  private void insert(Handle db, UUID id, Pipeline pipeline, App source, Release release) {
    db.createUpdate(
            """
            INSERT INTO promotions (id, pipeline_id, source_app_id, source_release_id, created_at)
            VALUES (:id, :pipeline, :source, :release, :now)\
            """)
        .bind("id", id.toString())
        .bind("pipeline", pipeline.id().toString())
        .bind("source", source.id().toString())
        .bind("release", release.id().toString())
        .bind("now", Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString())
        .execute();
  }

  private static void insertTarget(Handle db, UUID promotion, App target, Release release) {
    db.createUpdate(
            """
            INSERT INTO promotion_targets (id, promotion_id, app_id, release_id)
            VALUES (:id, :promotion, :app, :release)\
            """)
        .bind("id", UUID.randomUUID().toString())
        .bind("promotion", promotion.toString())
        .bind("app", target.id().toString())
        .bind("release", release.id().toString())
        .execute();
  }

  private static Promotion promotion(ResultSet row, List<PromotionTarget> targets)
      throws SQLException {
    return new Promotion(
        UUID.fromString(row.getString("id")),
        UUID.fromString(row.getString("pipeline_id")),
        AppId.of(row.getString("source_app_id")),
        UUID.fromString(row.getString("source_release_id")),
        targets,
        Instant.parse(row.getString("created_at")));
  }

  private List<PromotionTarget> targets(String promotion) {
    return store
        .read(db ->
            db.createQuery(
                    """
                    SELECT t.*, r.status FROM promotion_targets t
                    JOIN releases r ON r.id = t.release_id
                    WHERE t.promotion_id = :promotion ORDER BY t.id\
                    """)
                .bind("promotion", promotion)
                .map((row, context) -> target(row))
                .list())
        .stream()
        .map(this::withProblem)
        .toList();
  }

  private static PromotionTarget target(ResultSet row) throws SQLException {
    return new PromotionTarget(
        UUID.fromString(row.getString("id")),
        UUID.fromString(row.getString("promotion_id")),
        AppId.of(row.getString("app_id")),
        UUID.fromString(row.getString("release_id")),
        ReleaseStatus.valueOf(row.getString("status")),
        null);
  }

  private PromotionTarget withProblem(PromotionTarget target) {
    return target.status() == ReleaseStatus.FAILED
        ? target.failedBecause(
            releaser.problem(target.release()).orElse("The release did not go live."))
        : target;
  }
}
