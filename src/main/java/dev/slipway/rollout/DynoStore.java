package dev.slipway.rollout;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ServiceName;
import dev.slipway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/// The dynos that control wants, as rows. Thread-safe.
final class DynoStore {
  private static final RowMapper<Dyno> DYNO =
      (row, context) ->
          new Dyno(
              UUID.fromString(row.getString("id")),
              AppId.of(row.getString("app_id")),
              new DynoName(new ProcessType(row.getString("type")), row.getInt("number")),
              new ServiceName(row.getString("service")),
              UUID.fromString(row.getString("release_id")),
              DynoSize.of(row.getString("size")),
              DynoStage.valueOf(row.getString("stage")),
              UUID.fromString(row.getString("started_by")),
              Optional.ofNullable(row.getString("stopped_by")).map(UUID::fromString).orElse(null),
              Instant.parse(row.getString("created_at")),
              crashes(row));

  private static Crashes crashes(ResultSet row) throws SQLException {
    return new Crashes(
        row.getInt("crashes"),
        row.getInt("crashes_in_a_row"),
        time(row, "crashed_life"),
        time(row, "crashed_at"),
        row.getInt("crash_status"),
        time(row, "starts_at"));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    var text = row.getString(column);
    return text == null ? null : Instant.parse(text);
  }

  private static final int FEW = 100;

  private final Store store;

  DynoStore(Store store) {
    this.store = store;
  }

  List<Dyno> all() {
    return store.read(
        db -> db.createQuery("SELECT * FROM dynos ORDER BY type, number").map(DYNO).list());
  }

  List<Dyno> of(AppId app) {
    return store.read(db -> of(db, app));
  }

  /// The dynos that these services are: one by one when they are few, else out of all.
  List<Dyno> of(Set<ServiceName> services) {
    if (services.size() > FEW) {
      return all().stream().filter(dyno -> services.contains(dyno.service())).toList();
    }
    return store.read(db ->
        services.stream()
            .flatMap(service ->
                db
                    .createQuery("SELECT * FROM dynos WHERE service = :service")
                    .bind("service", service.value())
                    .map(DYNO)
                    .stream())
            .toList());
  }

  List<Dyno> of(Handle db, AppId app) {
    return db.createQuery("SELECT * FROM dynos WHERE app_id = :app ORDER BY type, number")
        .bind("app", app.toString())
        .map(DYNO)
        .list();
  }

  void insert(Handle db, Dyno dyno, long generation) {
    db.createUpdate(
            """
            INSERT INTO dynos (id, app_id, type, number, generation, service, release_id, size,
                               stage, started_by, created_at)
            VALUES (:id, :app, :type, :number, :generation, :service, :release, :size,
                    :stage, :rollout, :now)\
            """)
        .bind("id", dyno.id().toString())
        .bind("app", dyno.app().toString())
        .bind("type", dyno.name().type().value())
        .bind("number", dyno.name().number())
        .bind("generation", generation)
        .bind("service", dyno.service().value())
        .bind("release", dyno.release().toString())
        .bind("size", dyno.size().label())
        .bind("stage", dyno.stage().name())
        .bind("rollout", dyno.startedBy().toString())
        .bind("now", dyno.createdAt().toString())
        .execute();
  }

  void setStage(Handle db, Collection<Dyno> dynos, DynoStage stage) {
    for (var dyno : dynos) {
      db.createUpdate("UPDATE dynos SET stage = :stage WHERE id = :id")
          .bind("stage", stage.name())
          .bind("id", dyno.id().toString())
          .execute();
    }
  }

  void setStoppedBy(Handle db, Collection<Dyno> dynos, UUID rollout) {
    for (var dyno : dynos) {
      db.createUpdate("UPDATE dynos SET stopped_by = :rollout WHERE id = :id")
          .bind("rollout", rollout.toString())
          .bind("id", dyno.id().toString())
          .execute();
    }
  }

  /// The dynos that serve no longer for now, since they crashed again and again.
  List<Dyno> heldBack() {
    return store.read(db ->
        db.createQuery("SELECT * FROM dynos WHERE starts_at IS NOT NULL AND stage = 'LIVE'")
            .map(DYNO)
            .list());
  }

  void setCrashes(Handle db, Dyno dyno, Crashes crashes) {
    db.createUpdate(
            """
            UPDATE dynos SET crashes = :total, crashes_in_a_row = :row, crashed_life = :life,
                             crashed_at = :at, crash_status = :status, starts_at = :start
            WHERE id = :id\
            """)
        .bind("total", crashes.total())
        .bind("row", crashes.inARow())
        .bind("life", text(crashes.life()))
        .bind("at", text(crashes.at()))
        .bind("status", crashes.status())
        .bind("start", text(crashes.startsAt()))
        .bind("id", dyno.id().toString())
        .execute();
  }

  /// Forgets until when it was held back, and no crash.
  void endCoolOff(Handle db, Dyno dyno) {
    db.createUpdate("UPDATE dynos SET starts_at = NULL WHERE id = :id")
        .bind("id", dyno.id().toString())
        .execute();
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  /// Lets the app's dynos that are held back start now, as if they had never crashed in a row.
  void endCoolOffs(Handle db, AppId app, Instant now) {
    db.createUpdate(
            """
            UPDATE dynos SET starts_at = :now, crashes_in_a_row = 0
            WHERE app_id = :app AND starts_at IS NOT NULL\
            """)
        .bind("now", now.toString())
        .bind("app", app.toString())
        .execute();
  }

  void keep(Handle db, UUID rollout) {
    db.createUpdate("UPDATE dynos SET stopped_by = NULL WHERE stopped_by = :rollout")
        .bind("rollout", rollout.toString())
        .execute();
  }

  void delete(Handle db, Collection<Dyno> dynos) {
    for (var dyno : dynos) {
      db.createUpdate("DELETE FROM dynos WHERE id = :id")
          .bind("id", dyno.id().toString())
          .execute();
    }
  }
}
