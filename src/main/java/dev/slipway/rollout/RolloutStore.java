package dev.slipway.rollout;

import dev.slipway.core.AppId;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Rollouts and their receipts, as rows. Thread-safe.
final class RolloutStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final RowMapper<RolloutRecord> ROLLOUT =
      (row, context) ->
          new RolloutRecord(
              UUID.fromString(row.getString("id")),
              AppId.of(row.getString("app_id")),
              UUID.fromString(row.getString("release_id")),
              Reason.valueOf(row.getString("reason")),
              DynoSelection.of(row.getString("selection")),
              Step.valueOf(row.getString("step")),
              row.getInt("batch"),
              row.getString("problem"),
              JSON.readValue(row.getString("timings"), new TypeReference<Map<Step, Long>>() {}),
              Instant.parse(row.getString("created_at")));

  private final Store store;
  private final Clock clock;

  RolloutStore(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  RolloutRecord add(Handle db, AppId app, UUID release, Reason reason, DynoSelection selection) {
    var now = Instant.now(clock);
    var added =
        new RolloutRecord(
            UUID.randomUUID(),
            app,
            release,
            reason,
            selection,
            Step.QUEUED,
            1,
            null,
            Map.of(),
            now);
    db.createUpdate(
            """
            INSERT INTO rollouts (id, app_id, release_id, reason, selection, step, created_at, updated_at)
            VALUES (:id, :app, :release, :reason, :selection, :step, :now, :now)\
            """)
        .bind("id", added.id().toString())
        .bind("app", app.toString())
        .bind("release", release.toString())
        .bind("reason", reason.name())
        .bind("selection", selection.text())
        .bind("step", added.step().name())
        .bind("now", now.toString())
        .execute();
    return added;
  }

  void update(Handle db, RolloutRecord rollout) {
    db.createUpdate(
            """
            UPDATE rollouts SET step = :step, batch = :batch, problem = :problem,
                                timings = :timings, updated_at = :now
            WHERE id = :id\
            """)
        .bind("step", rollout.step().name())
        .bind("batch", rollout.batch())
        .bind("problem", rollout.problem())
        .bind("timings", JSON.writeValueAsString(rollout.milliseconds()))
        .bind("now", Instant.now(clock).toString())
        .bind("id", rollout.id().toString())
        .execute();
  }

  /// Gives a rollout that has not begun another release.
  RolloutRecord retarget(RolloutRecord rollout, UUID release) {
    store.useTransaction(db ->
        db.createUpdate("UPDATE rollouts SET release_id = :release WHERE id = :id")
            .bind("release", release.toString())
            .bind("id", rollout.id().toString())
            .execute());
    return rollout.of(release);
  }

  /// The rollout by which a release goes live, unless the release had nothing to roll out.
  Optional<RolloutRecord> ofRelease(UUID release) {
    return store.read(db ->
        db.createQuery("SELECT * FROM rollouts WHERE release_id = :release AND reason = 'RELEASE'")
            .bind("release", release.toString())
            .map(ROLLOUT)
            .findOne());
  }

  List<RolloutRecord> unfinished() {
    return store.read(db ->
        db.createQuery(
                """
                SELECT * FROM rollouts WHERE step NOT IN ('DONE', 'FAILED')
                ORDER BY created_at\
                """)
            .map(ROLLOUT)
            .list());
  }

  void keepReceipt(Handle db, UUID rollout, Receipt receipt) {
    db.createUpdate("UPDATE rollouts SET receipt = :receipt WHERE id = :id")
        .bind("receipt", JSON.writeValueAsString(receipt))
        .bind("id", rollout.toString())
        .execute();
  }

  List<Receipt> receipts(AppId app) {
    return store.read(db ->
        db.createQuery(
                """
                SELECT receipt FROM rollouts WHERE app_id = :app AND receipt IS NOT NULL
                ORDER BY created_at DESC LIMIT 200\
                """)
            .bind("app", app.toString())
            .mapTo(String.class)
            .map(json -> JSON.readValue(json, Receipt.class))
            .list());
  }
}
