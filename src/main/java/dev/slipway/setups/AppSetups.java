package dev.slipway.setups;

import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Every app setup; one is forgotten with its app. Thread-safe.
public final class AppSetups {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final RowMapper<AppSetup> SETUP =
      (row, context) ->
          new AppSetup(
              UUID.fromString(row.getString("id")),
              AppId.of(row.getString("app_id")),
              SetupStatus.valueOf(row.getString("status")),
              UUID.fromString(row.getString("build_id")),
              row.getString("failure_message"),
              postdeploy(row.getString("postdeploy")),
              row.getString("success_url"),
              Instant.parse(row.getString("created_at")),
              Instant.parse(row.getString("updated_at")));

  private final Store store;
  private final Clock clock;

  /// Setups kept in the store.
  public AppSetups(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// Notes that an app is being set up.
  public AppSetup begin(AppId app, UUID build, @Nullable String successUrl) {
    var id = UUID.randomUUID();
    store.useTransaction(db ->
        db.createUpdate(
                """
                INSERT INTO app_setups (id, app_id, status, build_id, success_url,
                                        created_at, updated_at)
                VALUES (:id, :app, 'PENDING', :build, :url, :now, :now)\
                """)
            .bind("id", id.toString())
            .bind("app", app.toString())
            .bind("build", build.toString())
            .bind("url", successUrl)
            .bind("now", now().toString())
            .execute());
    return get(id.toString());
  }

  /// The setup of that id.
  ///
  /// @throws UserError not_found, when there is none
  public AppSetup get(String id) {
    return store
        .read(db ->
            db.createQuery("SELECT * FROM app_setups WHERE id = :id")
                .bind("id", id)
                .map(SETUP)
                .findOne())
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that app setup."));
  }

  /// Setups that go on.
  public List<AppSetup> pending() {
    return store.read(db ->
        db.createQuery("SELECT * FROM app_setups WHERE status = 'PENDING'").map(SETUP).list());
  }

  /// Notes what the postdeploy command came to.
  public void ran(AppSetup setup, AppSetup.Postdeploy ended) {
    update(setup, "postdeploy = :value", JSON.writeValueAsString(ended));
  }

  /// Notes that the app is there.
  public void succeed(AppSetup setup) {
    update(setup, "status = :value", SetupStatus.SUCCEEDED.name());
  }

  /// Notes that something went wrong.
  public void fail(AppSetup setup, String why) {
    update(setup, "status = 'FAILED', failure_message = :value", why);
  }

  private void update(AppSetup setup, String assignment, String value) {
    store.useTransaction(db ->
        db.createUpdate(
                "UPDATE app_setups SET " + assignment + ", updated_at = :now WHERE id = :id")
            .bind("value", value)
            .bind("now", now().toString())
            .bind("id", setup.id().toString())
            .execute());
  }

  private static AppSetup.@Nullable Postdeploy postdeploy(@Nullable String json) {
    return json == null ? null : JSON.readValue(json, AppSetup.Postdeploy.class);
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
