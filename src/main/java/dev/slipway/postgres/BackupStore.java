package dev.slipway.postgres;

import dev.slipway.core.AppId;
import dev.slipway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Backups, what is wanted of them, and what new databases begin with, as rows. Thread-safe.
public final class BackupStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Store store;

  /// A database that begins as another one was.
  ///
  /// @param label the backup that it begins with; empty where a time is meant
  /// @param at the time, or null
  record Seed(UUID database, UUID source, String label, @Nullable Instant at) {
    BackupServers.Point point() {
      return at == null ? BackupServers.Point.backup(label) : BackupServers.Point.at(at);
    }
  }

  private record StoredDrill(
      boolean passed, String at, long milliseconds, String version, List<String> report) {}

  /// Rows of the store.
  public BackupStore(Store store) {
    this.store = store;
  }

  /// The app's, oldest first.
  List<Backup> of(AppId app) {
    return store.read(db ->
        db.createQuery("SELECT * FROM postgres_transfers WHERE app_id = :app ORDER BY number")
            .bind("app", app.toString())
            .map((row, _) -> backup(row))
            .list());
  }

  /// The database's, oldest first.
  List<Backup> of(UUID database) {
    return store.read(db ->
        db.createQuery(
                "SELECT * FROM postgres_transfers WHERE database_id = :id ORDER BY created_at, number")
            .bind("id", database.toString())
            .map((row, _) -> backup(row))
            .list());
  }

  /// The newest of the database's that can be restored.
  Optional<Backup> newest(UUID database) {
    return of(database).stream().filter(Backup::isWhole).reduce((_, later) -> later);
  }

  Optional<Backup> find(UUID id) {
    return store.read(db ->
        db.createQuery("SELECT * FROM postgres_transfers WHERE id = :id")
            .bind("id", id.toString())
            .map((row, _) -> backup(row))
            .findOne());
  }

  /// Those that an earlier process left unfinished.
  List<Backup> running() {
    return store.read(db ->
        db.createQuery("SELECT * FROM postgres_transfers WHERE state = 'RUNNING'")
            .map((row, _) -> backup(row))
            .list());
  }

  /// Writes it down with the app's next number.
  Backup insert(Backup wanted) {
    return store.inTransaction(db -> {
      var last =
          db.createQuery(
                  "SELECT coalesce(max(number), 0) FROM postgres_transfers WHERE app_id = :a")
              .bind("a", wanted.app().toString())
              .mapTo(Integer.class)
              .one();
      var made = wanted.numbered(last + 1);
      bind(
              db.createUpdate(
                  """
                  INSERT INTO postgres_transfers (id, app_id, number, database_id, name, kind,
                    scheduled, state, label, source_bytes, stored_bytes, problem, created_at,
                    finished_at, drill)
                  VALUES (:id, :app, :number, :database, :name, :kind, :scheduled, :state, :label,
                    :source, :stored, :problem, :created, :finished, :drill)\
                  """),
              made)
          .execute();
      return made;
    });
  }

  void update(Backup backup) {
    store.useTransaction(db ->
        bind(
                db.createUpdate(
                    """
                    UPDATE postgres_transfers SET state = :state, label = :label,
                      source_bytes = :source, stored_bytes = :stored, problem = :problem,
                      finished_at = :finished, drill = :drill
                    WHERE id = :id\
                    """),
                backup)
            .execute());
  }

  void delete(Backup backup) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM postgres_transfers WHERE id = :id")
            .bind("id", backup.id().toString())
            .execute());
  }

  /// What is wanted of the database's.
  BackupWish wish(UUID database) {
    return store
        .read(db ->
            db.createQuery("SELECT * FROM postgres_backup_wishes WHERE database_id = :id")
                .bind("id", database.toString())
                .map((row, _) -> wish(row))
                .findOne())
        .orElseGet(() -> BackupWish.usual(database));
  }

  void write(BackupWish wish) {
    store.useTransaction(db ->
        db.createUpdate(
                """
                INSERT OR REPLACE INTO postgres_backup_wishes
                  (database_id, nightly, hour, timezone, query)
                VALUES (:id, :nightly, :hour, :zone, :query)\
                """)
            .bind("id", wish.database().toString())
            .bind("nightly", wish.nightly())
            .bind("hour", wish.hour())
            .bind("zone", wish.zone().getId())
            .bind("query", wish.query())
            .execute());
  }

  Optional<Seed> seed(UUID database) {
    return store.read(db ->
        db.createQuery("SELECT * FROM postgres_seeds WHERE database_id = :id")
            .bind("id", database.toString())
            .map((row, _) -> seed(row))
            .findOne());
  }

  void write(Seed seed) {
    store.useTransaction(db ->
        db.createUpdate(
                """
                INSERT INTO postgres_seeds (database_id, source_id, label, at)
                VALUES (:id, :source, :label, :at)\
                """)
            .bind("id", seed.database().toString())
            .bind("source", seed.source().toString())
            .bind("label", seed.label())
            .bind("at", text(seed.at()))
            .execute());
  }

  void delete(Seed seed) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM postgres_seeds WHERE database_id = :id")
            .bind("id", seed.database().toString())
            .execute());
  }

  private static Update bind(Update update, Backup backup) {
    return update
        .bind("id", backup.id().toString())
        .bind("app", backup.app().toString())
        .bind("number", backup.number())
        .bind("database", backup.database().toString())
        .bind("name", backup.name())
        .bind("kind", backup.kind().name())
        .bind("scheduled", backup.scheduled())
        .bind("state", backup.state().name())
        .bind("label", backup.label())
        .bind("source", backup.sourceBytes())
        .bind("stored", backup.storedBytes())
        .bind("problem", backup.problem())
        .bind("created", backup.createdAt().toString())
        .bind("finished", text(backup.finishedAt()))
        .bind("drill", json(backup.drill()));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable String json(@Nullable Drill drill) {
    return drill == null
        ? null
        : JSON.writeValueAsString(
            new StoredDrill(
                drill.passed(),
                drill.at().toString(),
                drill.milliseconds(),
                drill.version(),
                drill.report()));
  }

  private static @Nullable Drill drill(@Nullable String json) {
    if (json == null) {
      return null;
    }
    var it = JSON.readValue(json, StoredDrill.class);
    return new Drill(
        it.passed(), Instant.parse(it.at()), it.milliseconds(), it.version(), it.report());
  }

  private static Backup backup(ResultSet row) throws SQLException {
    var finished = row.getString("finished_at");
    return new Backup(
        UUID.fromString(row.getString("id")),
        AppId.of(row.getString("app_id")),
        row.getInt("number"),
        UUID.fromString(row.getString("database_id")),
        row.getString("name"),
        Backup.Kind.valueOf(row.getString("kind")),
        row.getBoolean("scheduled"),
        Backup.State.valueOf(row.getString("state")),
        row.getString("label"),
        row.getLong("source_bytes"),
        row.getLong("stored_bytes"),
        row.getString("problem"),
        Instant.parse(row.getString("created_at")),
        finished == null ? null : Instant.parse(finished),
        drill(row.getString("drill")));
  }

  private static BackupWish wish(ResultSet row) throws SQLException {
    return new BackupWish(
        UUID.fromString(row.getString("database_id")),
        row.getBoolean("nightly"),
        row.getInt("hour"),
        ZoneId.of(row.getString("timezone")),
        row.getString("query"));
  }

  private static Seed seed(ResultSet row) throws SQLException {
    var at = row.getString("at");
    return new Seed(
        UUID.fromString(row.getString("database_id")),
        UUID.fromString(row.getString("source_id")),
        row.getString("label"),
        at == null ? null : Instant.parse(at));
  }
}
