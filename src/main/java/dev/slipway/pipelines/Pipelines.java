package dev.slipway.pipelines;

import dev.slipway.apps.App;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/// Every pipeline and the apps in it. A pipeline is its owner's alone, and holds only apps of the
/// same owner. Thread-safe.
public final class Pipelines {
  private static final RowMapper<Pipeline> PIPELINE =
      (row, context) ->
          new Pipeline(
              UUID.fromString(row.getString("id")),
              row.getString("name"),
              AccountId.of(row.getString("owner_id")),
              Instant.parse(row.getString("created_at")),
              Instant.parse(row.getString("updated_at")));

  private static final RowMapper<Coupling> COUPLING =
      (row, context) ->
          new Coupling(
              UUID.fromString(row.getString("id")),
              UUID.fromString(row.getString("pipeline_id")),
              AppId.of(row.getString("app_id")),
              Stage.of(row.getString("stage")),
              Instant.parse(row.getString("created_at")),
              Instant.parse(row.getString("updated_at")));

  private final Store store;
  private final Clock clock;

  /// Pipelines kept in the store.
  public Pipelines(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// Makes a pipeline, without apps.
  ///
  /// @throws UserError invalid_params, when the name can't be or its owner has such a pipeline
  public Pipeline create(String name, AccountId owner) {
    var now = now();
    var pipeline = new Pipeline(UUID.randomUUID(), name, owner, now, now);
    store.useTransaction(db -> {
      requireFree(db, pipeline);
      db.createUpdate(
              """
              INSERT INTO pipelines (id, name, owner_id, created_at, updated_at)
              VALUES (:id, :name, :owner, :now, :now)\
              """)
          .bind("id", pipeline.id().toString())
          .bind("name", name)
          .bind("owner", owner.toString())
          .bind("now", now.toString())
          .execute();
    });
    return pipeline;
  }

  /// The owner's pipelines, by name.
  public List<Pipeline> list(AccountId owner) {
    return store.read(db ->
        db.createQuery("SELECT * FROM pipelines WHERE owner_id = :owner ORDER BY name")
            .bind("owner", owner.toString())
            .map(PIPELINE)
            .list());
  }

  /// The owner's pipeline of that name or id.
  ///
  /// @throws UserError not_found, when the owner has none such
  public Pipeline get(String nameOrId, AccountId owner) {
    return list(owner).stream()
        .filter(each -> each.name().equals(nameOrId) || each.id().toString().equals(nameOrId))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that pipeline."));
  }

  /// The pipeline of that identity, whoever owns it.
  public Pipeline get(UUID id) {
    return store.read(db ->
        db.createQuery("SELECT * FROM pipelines WHERE id = :id")
            .bind("id", id.toString())
            .map(PIPELINE)
            .one());
  }

  /// Gives the pipeline another name.
  public Pipeline rename(Pipeline pipeline, String name) {
    var renamed = new Pipeline(pipeline.id(), name, pipeline.owner(), pipeline.createdAt(), now());
    store.useTransaction(db -> {
      requireFree(db, renamed);
      db.createUpdate("UPDATE pipelines SET name = :name, updated_at = :now WHERE id = :id")
          .bind("name", name)
          .bind("now", renamed.updatedAt().toString())
          .bind("id", pipeline.id().toString())
          .execute();
    });
    return renamed;
  }

  /// Removes the pipeline; its apps stay.
  public void destroy(Pipeline pipeline) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM pipelines WHERE id = :id")
            .bind("id", pipeline.id().toString())
            .execute());
  }

  /// Gives the owner's pipelines to another, or removes them for null. One whose name the other has
  /// already is removed too; its apps stay.
  public void leave(Handle db, AccountId owner, @Nullable AccountId heir) {
    if (heir != null) {
      db.createUpdate("UPDATE OR IGNORE pipelines SET owner_id = :heir WHERE owner_id = :owner")
          .bind("heir", heir.toString())
          .bind("owner", owner.toString())
          .execute();
    }
    db.createUpdate("DELETE FROM pipelines WHERE owner_id = :owner")
        .bind("owner", owner.toString())
        .execute();
  }

  /// Adds an app to the pipeline.
  ///
  /// @throws UserError when the app is in a pipeline already, or of another owner
  public Coupling couple(Pipeline pipeline, App app, Stage stage) {
    if (!app.owner().equals(pipeline.owner())) {
      throw UserError.of(
          ErrorCode.FORBIDDEN, "Only the owner of " + app.name() + " can add it to a pipeline.");
    }
    var now = now();
    var coupling = new Coupling(UUID.randomUUID(), pipeline.id(), app.id(), stage, now, now);
    return store.inTransaction(db -> {
      if (couplingOf(db, app.id()).isPresent()) {
        throw new UserError(
            new Problem(
                ErrorCode.INVALID_PARAMS,
                app.name() + " can't be added",
                "it is in a pipeline already",
                "heroku pipelines:remove -a " + app.name() + " takes it out of that"));
      }
      db.createUpdate(
              """
              INSERT INTO pipeline_couplings (id, pipeline_id, app_id, stage, created_at, updated_at)
              VALUES (:id, :pipeline, :app, :stage, :now, :now)\
              """)
          .bind("id", coupling.id().toString())
          .bind("pipeline", pipeline.id().toString())
          .bind("app", app.id().toString())
          .bind("stage", stage.label())
          .bind("now", now.toString())
          .execute();
      return coupling;
    });
  }

  /// The apps of a pipeline, by stage.
  public List<Coupling> couplings(Pipeline pipeline) {
    return store.read(db ->
        db.createQuery("SELECT * FROM pipeline_couplings WHERE pipeline_id = :pipeline")
            .bind("pipeline", pipeline.id().toString())
            .map(COUPLING)
            .list());
  }

  /// The place of an app, if it is in a pipeline.
  public Optional<Coupling> couplingOf(AppId app) {
    return store.read(db -> couplingOf(db, app));
  }

  /// The coupling of that id, in a pipeline of the owner.
  ///
  /// @throws UserError not_found, when the owner has none such
  public Coupling coupling(String id, AccountId owner) {
    return store
        .read(db ->
            db.createQuery(
                    """
                    SELECT c.* FROM pipeline_couplings c JOIN pipelines p ON p.id = c.pipeline_id
                    WHERE c.id = :id AND p.owner_id = :owner\
                    """)
                .bind("id", id)
                .bind("owner", owner.toString())
                .map(COUPLING)
                .findOne())
        .orElseThrow(Pipelines::noCoupling);
  }

  /// Moves an app to another stage.
  public Coupling move(Coupling coupling, Stage stage) {
    var moved =
        new Coupling(
            coupling.id(), coupling.pipeline(), coupling.app(), stage, coupling.createdAt(), now());
    store.useTransaction(db ->
        db.createUpdate(
                "UPDATE pipeline_couplings SET stage = :stage, updated_at = :now WHERE id = :id")
            .bind("stage", stage.label())
            .bind("now", moved.updatedAt().toString())
            .bind("id", coupling.id().toString())
            .execute());
    return moved;
  }

  /// Takes an app out of its pipeline.
  public void uncouple(Coupling coupling) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM pipeline_couplings WHERE id = :id")
            .bind("id", coupling.id().toString())
            .execute());
  }

  /// Takes an app out of its pipeline, if it is in one, as part of a transaction.
  public void uncouple(Handle db, AppId app) {
    db.createUpdate("DELETE FROM pipeline_couplings WHERE app_id = :app")
        .bind("app", app.toString())
        .execute();
  }

  /// The problem of an app that is in no pipeline.
  public static UserError noCoupling() {
    return new UserError(
        new Problem(
            ErrorCode.NOT_FOUND,
            "Couldn't find that pipeline coupling.",
            null,
            "heroku pipelines:add PIPELINE -a APP puts an app into a pipeline"));
  }

  private static Optional<Coupling> couplingOf(Handle db, AppId app) {
    return db.createQuery("SELECT * FROM pipeline_couplings WHERE app_id = :app")
        .bind("app", app.toString())
        .map(COUPLING)
        .findOne();
  }

  private static void requireFree(Handle db, Pipeline pipeline) {
    var taken =
        db.createQuery(
                "SELECT 1 FROM pipelines WHERE owner_id = :owner AND name = :name AND id <> :id")
            .bind("owner", pipeline.owner().toString())
            .bind("name", pipeline.name())
            .bind("id", pipeline.id().toString())
            .mapTo(Integer.class)
            .findOne();
    if (taken.isPresent()) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "You have a pipeline named " + pipeline.name() + " already.");
    }
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
