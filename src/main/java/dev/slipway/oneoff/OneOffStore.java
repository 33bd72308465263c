package dev.slipway.oneoff;

import dev.slipway.core.AppId;
import dev.slipway.core.DynoName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ProcessType;
import dev.slipway.core.ReleaseVersion;
import dev.slipway.core.ServiceName;
import dev.slipway.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/// One-off dynos as rows. A row is written before its dyno is started and goes after the dyno:
/// there is never a dyno without one. Thread-safe.
final class OneOffStore {
  private static final String SELECT =
      "SELECT o.*, r.version FROM one_offs o JOIN releases r ON r.id = o.release_id ";

  private static final RowMapper<OneOff> ONE_OFF =
      (row, context) ->
          new OneOff(
              UUID.fromString(row.getString("id")),
              AppId.of(row.getString("app_id")),
              new DynoName(new ProcessType(row.getString("type")), row.getInt("number")),
              new ServiceName(row.getString("service")),
              UUID.fromString(row.getString("release_id")),
              new ReleaseVersion(row.getInt("version")),
              DynoSize.of(row.getString("size")),
              row.getString("command"),
              row.getBoolean("attached"),
              Instant.parse(row.getString("created_at")),
              Instant.parse(row.getString("ends_at")),
              timeOrNull(row.getString("begin_by")),
              row.getBoolean("begun"));

  private final Store store;

  OneOffStore(Store store) {
    this.store = store;
  }

  List<OneOff> all() {
    return store.read(db -> db.createQuery(SELECT).map(ONE_OFF).list());
  }

  List<OneOff> of(AppId app) {
    return store.read(db -> of(db, app));
  }

  List<OneOff> of(Handle db, AppId app) {
    return db.createQuery(SELECT + "WHERE o.app_id = :app ORDER BY o.type, o.number")
        .bind("app", app.toString())
        .map(ONE_OFF)
        .list();
  }

  void insert(Handle db, OneOff oneOff) {
    db.createUpdate(
            """
            INSERT INTO one_offs (id, app_id, type, number, service, release_id, size, command,
                                  attached, created_at, ends_at, begin_by, begun)
            VALUES (:id, :app, :type, :number, :service, :release, :size, :command,
                    :attached, :now, :end, :beginBy, :begun)\
            """)
        .bind("id", oneOff.id().toString())
        .bind("app", oneOff.app().toString())
        .bind("type", oneOff.name().type().value())
        .bind("number", oneOff.name().number())
        .bind("service", oneOff.service().value())
        .bind("release", oneOff.release().toString())
        .bind("size", oneOff.size().label())
        .bind("command", oneOff.command())
        .bind("attached", oneOff.attached())
        .bind("now", oneOff.createdAt().toString())
        .bind("end", oneOff.endsAt().toString())
        .bind("beginBy", oneOff.beginBy() == null ? null : oneOff.beginBy().toString())
        .bind("begun", oneOff.begun())
        .execute();
  }

  private static @Nullable Instant timeOrNull(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }

  Optional<OneOff> find(UUID id) {
    return store.read(db ->
        db.createQuery(SELECT + "WHERE o.id = :id")
            .bind("id", id.toString())
            .map(ONE_OFF)
            .findOne());
  }

  /// From now on it is known to have been started, and is not started again.
  void begun(UUID id) {
    store.useTransaction(db ->
        db.createUpdate("UPDATE one_offs SET begun = 1 WHERE id = :id")
            .bind("id", id.toString())
            .execute());
  }

  boolean has(UUID id) {
    return store.read(db ->
        db.createQuery("SELECT count(*) FROM one_offs WHERE id = :id")
                .bind("id", id.toString())
                .mapTo(Integer.class)
                .one()
            > 0);
  }

  void delete(UUID id) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM one_offs WHERE id = :id").bind("id", id.toString()).execute());
  }
}
