package dev.slipway.schedules;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoSize;
import dev.slipway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/// Schedules and their runs as rows. Times of schedules are whole seconds, so that their texts sort
/// as they do. Thread-safe.
final class ScheduleStore {
  private static final RowMapper<Schedule> SCHEDULE = (row, context) -> schedule(row);
  private static final RowMapper<Run> RUN = (row, context) -> run(row);

  /// So many runs are kept of each schedule.
  private static final int KEPT = 100;

  private final Store store;

  ScheduleStore(Store store) {
    this.store = store;
  }

  List<Schedule> of(AppId app) {
    return store.read(db -> of(db, app));
  }

  List<Schedule> of(Handle db, AppId app) {
    return db.createQuery("SELECT * FROM schedules WHERE app_id = :app ORDER BY name")
        .bind("app", app.toString())
        .map(SCHEDULE)
        .list();
  }

  /// Those that are due, the longest first.
  List<Schedule> due(Instant now) {
    return store.read(db ->
        db.createQuery("SELECT * FROM schedules WHERE next_at <= :now ORDER BY next_at, id")
            .bind("now", now.toString())
            .map(SCHEDULE)
            .list());
  }

  void insert(Handle db, Schedule schedule) {
    db.createUpdate(
            """
            INSERT INTO schedules (id, app_id, name, told, cron, zone, command, size, overlap,
                                   grace, next_at, created_at, updated_at)
            VALUES (:id, :app, :name, :told, :cron, :zone, :command, :size, :overlap,
                    :grace, :next, :created, :updated)\
            """)
        .bind("id", schedule.id().toString())
        .bind("app", schedule.app().toString())
        .bind("name", schedule.name())
        .bind("told", schedule.told())
        .bind("cron", schedule.when().cron())
        .bind("zone", schedule.when().zone().getId())
        .bind("command", schedule.command())
        .bind("size", schedule.size().label())
        .bind("overlap", schedule.overlap().name())
        .bind("grace", schedule.grace().toSeconds())
        .bind("next", textOrNull(schedule.nextAt()))
        .bind("created", schedule.createdAt().toString())
        .bind("updated", schedule.updatedAt().toString())
        .execute();
  }

  void delete(Handle db, Schedule schedule) {
    db.createUpdate("DELETE FROM schedules WHERE id = :id")
        .bind("id", schedule.id().toString())
        .execute();
  }

  /// Moves it to its next tick, or to none.
  void set(Handle db, Schedule schedule, @Nullable Instant next, Instant now) {
    db.createUpdate("UPDATE schedules SET next_at = :next, updated_at = :now WHERE id = :id")
        .bind("id", schedule.id().toString())
        .bind("next", textOrNull(next))
        .bind("now", now.toString())
        .execute();
  }

  /// Moves it from the tick that was seen to the next.
  ///
  /// @return false where somebody else has moved it
  boolean advance(Handle db, Schedule schedule, @Nullable Instant next) {
    return db.createUpdate(
                "UPDATE schedules SET next_at = :next WHERE id = :id AND next_at = :seen")
            .bind("id", schedule.id().toString())
            .bind("next", textOrNull(next))
            .bind("seen", textOrNull(schedule.nextAt()))
            .execute()
        == 1;
  }

  void insert(Handle db, Run run) {
    db.createUpdate(
            """
            INSERT INTO schedule_runs (id, schedule_id, due_at, by_hand, state, ticks, dyno_id,
                                       dyno, started_at, ended_at, status, note)
            VALUES (:id, :schedule, :due, :byHand, :state, :ticks, :dynoId,
                    :dyno, NULL, :ended, NULL, :note)\
            """)
        .bind("id", run.id().toString())
        .bind("schedule", run.schedule().toString())
        .bind("due", run.dueAt().toString())
        .bind("byHand", run.byHand())
        .bind("state", run.state().name())
        .bind("ticks", run.ticks())
        .bind("dynoId", run.dynoId() == null ? null : run.dynoId().toString())
        .bind("dyno", run.dyno())
        .bind("ended", textOrNull(run.endedAt()))
        .bind("note", run.note())
        .execute();
    forgetOldest(db, run.schedule());
  }

  private static void forgetOldest(Handle db, UUID schedule) {
    db.createUpdate(
            """
            DELETE FROM schedule_runs
            WHERE schedule_id = :schedule AND state NOT IN ('STARTING', 'RUNNING')
              AND id NOT IN (SELECT id FROM schedule_runs WHERE schedule_id = :schedule
                             ORDER BY due_at DESC LIMIT :kept)\
            """)
        .bind("schedule", schedule.toString())
        .bind("kept", KEPT)
        .execute();
  }

  /// The runs of a schedule, newest first.
  List<Run> runs(Schedule schedule) {
    return store.read(db ->
        db.createQuery("SELECT * FROM schedule_runs WHERE schedule_id = :id ORDER BY due_at DESC")
            .bind("id", schedule.id().toString())
            .map(RUN)
            .list());
  }

  /// The runs of all schedules that still change.
  List<Run> active() {
    return store.read(db ->
        db.createQuery("SELECT * FROM schedule_runs WHERE state IN ('STARTING', 'RUNNING')")
            .map(RUN)
            .list());
  }

  List<Run> active(Handle db, Schedule schedule) {
    return db.createQuery(
            """
            SELECT * FROM schedule_runs
            WHERE schedule_id = :id AND state IN ('STARTING', 'RUNNING')\
            """)
        .bind("id", schedule.id().toString())
        .map(RUN)
        .list();
  }

  void begun(UUID dyno, Instant now) {
    store.useTransaction(db ->
        db.createUpdate(
                """
                UPDATE schedule_runs SET state = 'RUNNING', started_at = :now
                WHERE dyno_id = :dyno AND state = 'STARTING'\
                """)
            .bind("dyno", dyno.toString())
            .bind("now", now.toString())
            .execute());
  }

  /// The first word about its end counts.
  void ended(UUID dyno, RunState state, @Nullable Integer status, String note, Instant now) {
    store.useTransaction(db ->
        db.createUpdate(
                """
                UPDATE schedule_runs
                SET state = :state, status = :status, ended_at = :now,
                    note = CASE note WHEN '' THEN :note ELSE note END
                WHERE dyno_id = :dyno AND state IN ('STARTING', 'RUNNING')\
                """)
            .bind("dyno", dyno.toString())
            .bind("state", state.name())
            .bind("status", status)
            .bind("note", note)
            .bind("now", now.toString())
            .execute());
  }

  /// Says ahead why it is going to end.
  void note(Run run, String note) {
    store.useTransaction(db ->
        db.createUpdate(
                """
                UPDATE schedule_runs SET note = :note
                WHERE id = :id AND state IN ('STARTING', 'RUNNING')\
                """)
            .bind("id", run.id().toString())
            .bind("note", note)
            .execute());
  }

  private static Schedule schedule(ResultSet row) throws SQLException {
    return new Schedule(
        UUID.fromString(row.getString("id")),
        AppId.of(row.getString("app_id")),
        row.getString("name"),
        row.getString("told"),
        Recurrence.known(row.getString("cron"), row.getString("zone")),
        row.getString("command"),
        DynoSize.of(row.getString("size")),
        Overlap.valueOf(row.getString("overlap")),
        Duration.ofSeconds(row.getLong("grace")),
        timeOrNull(row.getString("next_at")),
        Instant.parse(row.getString("created_at")),
        Instant.parse(row.getString("updated_at")));
  }

  private static Run run(ResultSet row) throws SQLException {
    var dyno = row.getString("dyno_id");
    var status = row.getInt("status");
    var ended = !row.wasNull();
    return new Run(
        UUID.fromString(row.getString("id")),
        UUID.fromString(row.getString("schedule_id")),
        Instant.parse(row.getString("due_at")),
        row.getBoolean("by_hand"),
        RunState.valueOf(row.getString("state")),
        row.getInt("ticks"),
        dyno == null ? null : UUID.fromString(dyno),
        row.getString("dyno"),
        timeOrNull(row.getString("started_at")),
        timeOrNull(row.getString("ended_at")),
        ended ? status : null,
        row.getString("note"));
  }

  private static @Nullable Instant timeOrNull(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }

  private static @Nullable String textOrNull(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
