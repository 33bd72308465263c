package dev.slipway.apps;

import dev.slipway.apps.AppEvent.Action;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/// Who may use apps besides their owners. Thread-safe.
public final class Collaborators {
  private static final RowMapper<Collaborator> COLLABORATOR =
      (row, context) ->
          new Collaborator(
              UUID.fromString(row.getString("id")),
              AppId.of(row.getString("app_id")),
              AccountId.of(row.getString("account_id")),
              Instant.parse(row.getString("created_at")));

  private final Store store;
  private final AppEvents events;
  private final Clock clock;

  Collaborators(Store store, AppEvents events, Clock clock) {
    this.store = store;
    this.events = events;
    this.clock = clock;
  }

  /// Lets the account use the app.
  ///
  /// @throws UserError invalid_params, when it may already
  public Collaborator add(App app, AccountId account) {
    var added =
        store.inTransaction(db -> {
          if (!insert(db, app.id(), account)) {
            throw UserError.of(
                ErrorCode.INVALID_PARAMS, "That user has access to " + app.name() + " already.");
          }
          return list(db, app.id()).stream()
              .filter(each -> each.account().equals(account))
              .findFirst()
              .orElseThrow();
        });
    events.happened(AppEvent.of(app.id(), Action.CREATE, added));
    return added;
  }

  /// The app's collaborators, in the order in which they came.
  public List<Collaborator> list(AppId app) {
    return store.read(db -> list(db, app));
  }

  /// The apps that the account may use though they are others'.
  public Set<AppId> appsOf(AccountId account) {
    return store.read(db ->
        db
            .createQuery("SELECT app_id FROM collaborators WHERE account_id = :account")
            .bind("account", account.toString())
            .mapTo(String.class)
            .stream()
            .map(AppId::of)
            .collect(Collectors.toSet()));
  }

  /// Whether the account is a collaborator of the app.
  public boolean has(AppId app, AccountId account) {
    return store.read(db ->
        db.createQuery("SELECT 1 FROM collaborators WHERE app_id = :app AND account_id = :account")
            .bind("app", app.toString())
            .bind("account", account.toString())
            .mapTo(Integer.class)
            .findOne()
            .isPresent());
  }

  /// Takes the app from the account.
  public void remove(Collaborator collaborator) {
    store.useTransaction(db -> remove(db, collaborator.app(), collaborator.account()));
    events.happened(AppEvent.of(collaborator.app(), Action.DESTROY, collaborator));
  }

  void remove(Handle db, AppId app, AccountId account) {
    db.createUpdate("DELETE FROM collaborators WHERE app_id = :app AND account_id = :account")
        .bind("app", app.toString())
        .bind("account", account.toString())
        .execute();
  }

  void removeAll(Handle db, AccountId account) {
    db.createUpdate("DELETE FROM collaborators WHERE account_id = :account")
        .bind("account", account.toString())
        .execute();
  }

  /// Gives false for the owner and for whom it has already.
  boolean insert(Handle db, AppId app, AccountId account) {
    return db.createUpdate(
                """
                INSERT INTO collaborators (id, app_id, account_id, created_at)
                SELECT :id, id, :account, :now FROM apps WHERE id = :app AND owner_id <> :account
                ON CONFLICT DO NOTHING\
                """)
            .bind("id", UUID.randomUUID().toString())
            .bind("app", app.toString())
            .bind("account", account.toString())
            .bind("now", Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString())
            .execute()
        == 1;
  }

  private static List<Collaborator> list(Handle db, AppId app) {
    return db.createQuery("SELECT * FROM collaborators WHERE app_id = :app ORDER BY rowid")
        .bind("app", app.toString())
        .map(COLLABORATOR)
        .list();
  }
}
