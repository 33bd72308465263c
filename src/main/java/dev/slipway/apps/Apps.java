package dev.slipway.apps;

import dev.slipway.apps.AppEvent.Action;
import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.AppName;
import dev.slipway.core.DynoSize;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/// Every app of this installation, with its formation. Thread-safe.
public final class Apps {
  private static final RowMapper<App> APP =
      (row, context) ->
          new App(
              AppId.of(row.getString("id")),
              new AppName(row.getString("name")),
              AccountId.of(row.getString("owner_id")),
              row.getBoolean("maintenance"),
              Instant.parse(row.getString("created_at")),
              Instant.parse(row.getString("updated_at")));

  private static final RowMapper<FormationEntry> FORMATION =
      (row, context) ->
          new FormationEntry(
              UUID.fromString(row.getString("id")),
              new ProcessType(row.getString("type")),
              row.getInt("quantity"),
              DynoSize.of(row.getString("size")));

  private final Store store;
  private final Clock clock;
  private final Collaborators collaborators;
  private final Domains domains;
  private final AppEvents events = new AppEvents();

  /// Apps kept in the store.
  public Apps(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.collaborators = new Collaborators(store, events, clock);
    this.domains = new Domains(store, events, clock);
  }

  /// Who may use apps besides their owners.
  public Collaborators collaborators() {
    return collaborators;
  }

  /// The host names of their owners' own that lead to apps.
  public Domains domains() {
    return domains;
  }

  /// What happens to apps, told to whoever listens.
  public AppEvents events() {
    return events;
  }

  /// Makes a new app.
  ///
  /// @throws UserError invalid_params, when the name is taken
  public App create(AppName name, AccountId owner) {
    var created =
        store.inTransaction(db -> {
          requireFree(db, name);
          var now = now();
          var app = new App(AppId.random(), name, owner, false, now, now);
          db.createUpdate(
                  """
                  INSERT INTO apps (id, name, owner_id, created_at, updated_at)
                  VALUES (:id, :name, :owner, :now, :now)\
                  """)
              .bind("id", app.id().toString())
              .bind("name", name.value())
              .bind("owner", owner.toString())
              .bind("now", now.toString())
              .execute();
          return app;
        });
    events.happened(AppEvent.of(created.id(), Action.CREATE, created));
    return created;
  }

  /// All apps, by name.
  public List<App> list() {
    return store.read(db -> db.createQuery("SELECT * FROM apps ORDER BY name").map(APP).list());
  }

  /// The app of that identity, if it still exists.
  public Optional<App> find(AppId id) {
    return store.read(db -> find(db, id));
  }

  /// The same, within a transaction.
  public Optional<App> find(Handle db, AppId id) {
    return db.createQuery("SELECT * FROM apps WHERE id = :id")
        .bind("id", id.toString())
        .map(APP)
        .findOne();
  }

  /// The app of that name or id.
  ///
  /// @throws UserError not_found, in Heroku's words, when there is none
  public App get(String nameOrId) {
    return store
        .read(db ->
            db.createQuery("SELECT * FROM apps WHERE name = :key OR id = :key")
                .bind("key", nameOrId)
                .map(APP)
                .findOne())
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that app."));
  }

  /// Gives the app another name; its old host name stops at once.
  public App rename(AppId id, AppName name) {
    return changed(
        id,
        db -> {
          requireFree(db, name);
          touch(db, id, "name = :value", name.value());
        });
  }

  /// Turns the maintenance page on or off.
  public App setMaintenance(AppId id, boolean maintenance) {
    return changed(id, db -> touch(db, id, "maintenance = :value", maintenance ? 1 : 0));
  }

  /// Gives the app to another account; its owner until then becomes a collaborator.
  ///
  /// @param also what else changes with it, in the same transaction
  /// @throws UserError conflict, when the app has another owner by now
  public App transfer(App app, AccountId recipient, Consumer<Handle> also) {
    return store.inTransaction(db -> {
      if (!one(db, app.id()).owner().equals(app.owner())) {
        throw UserError.of(ErrorCode.CONFLICT, app.name() + " has another owner by now.");
      }
      var given = give(db, app, recipient);
      collaborators.insert(db, app.id(), app.owner());
      also.accept(db);
      return given;
    });
  }

  private App give(Handle db, App app, AccountId recipient) {
    collaborators.remove(db, app.id(), recipient);
    touch(db, app.id(), "owner_id = :value", recipient.toString());
    var given = one(db, app.id());
    db.afterCommit(() -> events.happened(new AppEvent(app.id(), Action.UPDATE, given, app, null)));
    return given;
  }

  /// Takes the account out of all apps that it may use.
  ///
  /// @throws UserError invalid_params, when it owns some
  public void leave(Handle db, AccountId account) {
    var owned = owned(db, account);
    if (!owned.isEmpty()) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "The account owns apps",
              owned.stream().map(app -> app.name().value()).collect(Collectors.joining(", ")),
              "./slipway users remove EMAIL --apps-to OTHER gives them to another account"));
    }
    collaborators.removeAll(db, account);
  }

  /// The same, after its own apps went to another account.
  public void leave(Handle db, AccountId account, AccountId recipient) {
    owned(db, account).forEach(app -> give(db, app, recipient));
    leave(db, account);
  }

  private static List<App> owned(Handle db, AccountId account) {
    return db.createQuery("SELECT * FROM apps WHERE owner_id = :owner ORDER BY name")
        .bind("owner", account.toString())
        .map(APP)
        .list();
  }

  /// Forgets the app and everything recorded of it.
  public void destroy(AppId id) {
    find(id).ifPresent(app -> events.ending(AppEvent.of(id, Action.DESTROY, app)));
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM apps WHERE id = :id").bind("id", id.toString()).execute());
  }

  /// The next generation of the app's dynos: 1, 2, 3 and so on, never the same twice.
  public long nextGeneration(Handle db, AppId id) {
    return db.createQuery(
            "UPDATE apps SET generation = generation + 1 WHERE id = :id RETURNING generation")
        .bind("id", id.toString())
        .mapTo(Long.class)
        .one();
  }

  /// How many dynos of which type the app should run, by type.
  public List<FormationEntry> formation(AppId id) {
    return store.read(db -> formation(db, id));
  }

  /// The same, within a transaction.
  public List<FormationEntry> formation(Handle db, AppId id) {
    return db.createQuery("SELECT * FROM formation WHERE app_id = :app ORDER BY type")
        .bind("app", id.toString())
        .map(FORMATION)
        .list();
  }

  /// How many web dynos each app should run; apps that were never deployed are left out.
  public Map<AppId, Integer> webDynosWanted() {
    return store.read(db ->
        db.createQuery("SELECT app_id, quantity FROM formation WHERE type = 'web'")
            .reduceRows(
                new HashMap<AppId, Integer>(),
                (wanted, row) -> {
                  wanted.put(
                      AppId.of(row.getColumn("app_id", String.class)),
                      row.getColumn("quantity", Integer.class));
                  return wanted;
                }));
  }

  /// Adds the process types that are not in the formation yet: one `web`, none of the others. As on
  /// Heroku, a type that the code no longer declares keeps its place.
  public List<FormationEntry> declare(AppId id, Collection<ProcessType> types) {
    return store.inTransaction(db -> declare(db, id, types));
  }

  /// The same, within a transaction.
  public List<FormationEntry> declare(Handle db, AppId id, Collection<ProcessType> types) {
    for (var type : types) {
      if (!type.equals(ProcessType.RELEASE)) {
        db.createUpdate(
                """
                INSERT INTO formation (id, app_id, type, quantity, size)
                VALUES (:id, :app, :type, :quantity, :size) ON CONFLICT DO NOTHING\
                """)
            .bind("id", UUID.randomUUID().toString())
            .bind("app", id.toString())
            .bind("type", type.value())
            .bind("quantity", type.isWeb() ? 1 : 0)
            .bind("size", DynoSize.STANDARD_1X.label())
            .execute();
      }
    }
    return formation(db, id);
  }

  /// Changes quantity and size of types that the formation has.
  ///
  /// @throws UserError not_found, when the app has no such type
  public List<FormationEntry> scale(Handle db, AppId id, Collection<FormationEntry> entries) {
    var before = formation(db, id);
    for (var entry : entries) {
      var changed =
          db.createUpdate(
                  """
                  UPDATE formation SET quantity = :quantity, size = :size
                  WHERE app_id = :app AND type = :type\
                  """)
              .bind("quantity", entry.quantity())
              .bind("size", entry.size().label())
              .bind("app", id.toString())
              .bind("type", entry.type().value())
              .execute();
      if (changed == 0) {
        throw noSuchType(entry.type());
      }
    }
    var after = formation(db, id);
    db.afterCommit(() -> tellScaled(id, before, after));
    return after;
  }

  private void tellScaled(AppId id, List<FormationEntry> before, List<FormationEntry> after) {
    for (var entry : after) {
      before.stream()
          .filter(each -> each.id().equals(entry.id()) && !each.equals(entry))
          .forEach(was -> events.happened(new AppEvent(id, Action.UPDATE, entry, was, null)));
    }
  }

  /// The problem of a process type that an app does not have.
  public static UserError noSuchType(ProcessType type) {
    return new UserError(
        new Problem(
            ErrorCode.NOT_FOUND,
            "Couldn't find that process type (" + type + ").",
            null,
            "The types of an app stand in its Procfile; heroku ps:scale shows them"));
  }

  private App changed(AppId id, Consumer<Handle> change) {
    return store.inTransaction(db -> {
      var before = one(db, id);
      change.accept(db);
      var after = one(db, id);
      db.afterCommit(() -> events.happened(new AppEvent(id, Action.UPDATE, after, before, null)));
      return after;
    });
  }

  private App one(Handle db, AppId id) {
    return find(db, id).orElseThrow();
  }

  private void touch(Handle db, AppId id, String assignment, Object value) {
    db.createUpdate("UPDATE apps SET " + assignment + ", updated_at = :now WHERE id = :id")
        .bind("value", value)
        .bind("now", now().toString())
        .bind("id", id.toString())
        .execute();
  }

  private static void requireFree(Handle db, AppName name) {
    var taken =
        db.createQuery("SELECT 1 FROM apps WHERE name = :name")
            .bind("name", name.value())
            .mapTo(Integer.class)
            .findOne();
    if (taken.isPresent()) {
      throw UserError.of(ErrorCode.INVALID_PARAMS, "Name " + name + " is already taken");
    }
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
