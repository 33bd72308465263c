package dev.slipway.postgres;

import dev.slipway.core.AccountId;
import dev.slipway.core.Secret;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Databases as rows; their passwords are sealed. Thread-safe.
public final class DatabaseStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<StoredLogin>> LOGINS = new TypeReference<>() {};

  private final Store store;
  private final Vault vault;

  private record StoredLogin(String user, String password, String madeAt) {}

  private record StoredStandby(
      String node, boolean inStep, boolean mayLose, String password, String problem) {}

  private record StoredOutside(
      String host, int port, String database, String user, String password, String authority) {}

  /// Rows of the store, sealed by the vault.
  public DatabaseStore(Store store, Vault vault) {
    this.store = store;
    this.vault = vault;
  }

  /// All of them, also those that are only kept, oldest first.
  List<Database> all() {
    return store.read(db ->
        db.createQuery("SELECT * FROM postgres_databases ORDER BY created_at, id")
            .map((row, _) -> database(row))
            .list());
  }

  /// Where a database and its standby are in their lives.
  record Stages(Database.Stage database, Standby.@Nullable Stage standby) {}

  /// Where each of them is in its life, without unsealing anything.
  Map<UUID, Stages> stages() {
    return store.read(db ->
        db.createQuery("SELECT id, stage, standby_stage FROM postgres_databases")
            .reduceRows(
                new HashMap<UUID, Stages>(),
                (all, row) -> {
                  var standby = row.getColumn("standby_stage", String.class);
                  all.put(
                      UUID.fromString(row.getColumn("id", String.class)),
                      new Stages(
                          Database.Stage.valueOf(row.getColumn("stage", String.class)),
                          standby == null ? null : Standby.Stage.valueOf(standby)));
                  return all;
                }));
  }

  /// The database of an add-on.
  Optional<Database> ofAddon(UUID addon) {
    return store.read(db -> one(db, "addon_id", addon.toString()));
  }

  Optional<Database> find(UUID id) {
    return store.read(db -> one(db, "id", id.toString()));
  }

  private Optional<Database> one(Handle db, String column, String value) {
    return db.createQuery("SELECT * FROM postgres_databases WHERE " + column + " = :value")
        .bind("value", value)
        .map((row, _) -> database(row))
        .findOne();
  }

  /// Writes down a database, with the lowest number that none has.
  Database insert(Database wanted) {
    return store.inTransaction(db -> {
      var taken =
          db.createQuery("SELECT number FROM postgres_databases").mapTo(Integer.class).set();
      var number = IntStream.iterate(0, n -> n + 1).filter(n -> !taken.contains(n)).findFirst();
      var made = wanted.numbered(number.orElseThrow());
      bind(
              db.createUpdate(
                  """
                  INSERT INTO postgres_databases (id, addon_id, account_id, name, plan, number,
                    node, stage, problem, logins, outside, created_at, destroyed_at,
                    server_seat, pooler_seat, pooler_node, moved_at, standby, standby_stage)
                  VALUES (:id, :addon, :account, :name, :plan, :number,
                    :node, :stage, :problem, :logins, :outside, :created, :destroyed,
                    :serverSeat, :poolerSeat, :poolerNode, :moved, :standby, :standbyStage)\
                  """),
              made)
          .execute();
      return made;
    });
  }

  void update(Database database) {
    store.useTransaction(db ->
        bind(
                db.createUpdate(
                    """
                    UPDATE postgres_databases SET addon_id = :addon, account_id = :account,
                      name = :name, plan = :plan, number = :number, node = :node, stage = :stage,
                      problem = :problem, logins = :logins, outside = :outside,
                      created_at = :created, destroyed_at = :destroyed,
                      server_seat = :serverSeat, pooler_seat = :poolerSeat,
                      pooler_node = :poolerNode, moved_at = :moved, standby = :standby,
                      standby_stage = :standbyStage
                    WHERE id = :id\
                    """),
                database)
            .execute());
  }

  void delete(Database database) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM postgres_databases WHERE id = :id")
            .bind("id", database.id().toString())
            .execute());
  }

  private Update bind(Update update, Database database) {
    var standby = database.standby();
    return update
        .bind("serverSeat", database.seats().server())
        .bind("poolerSeat", database.seats().pooler())
        .bind("poolerNode", database.seats().poolerNode())
        .bind("moved", text(database.seats().since()))
        .bind("standby", sealedStandby(database))
        .bind("standbyStage", standby == null ? null : standby.stage().name())
        .bind("id", database.id().toString())
        .bind("addon", text(database.addon()))
        .bind("account", database.owner().toString())
        .bind("name", database.name())
        .bind("plan", database.plan().label())
        .bind("number", database.number())
        .bind("node", database.node())
        .bind("stage", database.stage().name())
        .bind("problem", database.problem())
        .bind("logins", sealedLogins(database))
        .bind("outside", sealedOutside(database))
        .bind("created", database.createdAt().toString())
        .bind("destroyed", text(database.destroyedAt()));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private byte[] sealedLogins(Database database) {
    var logins =
        database.logins().stream()
            .map(it -> new StoredLogin(it.user(), it.password().reveal(), it.madeAt().toString()))
            .toList();
    return vault.seal(JSON.writeValueAsString(logins), database.id() + "l");
  }

  private byte @Nullable [] sealedOutside(Database database) {
    var it = database.outside();
    if (it == null) {
      return null;
    }
    var stored =
        new StoredOutside(
            it.host(), it.port(), it.database(), it.user(), it.password().reveal(), it.authority());
    return vault.seal(JSON.writeValueAsString(stored), database.id() + "o");
  }

  private byte @Nullable [] sealedStandby(Database database) {
    var it = database.standby();
    if (it == null) {
      return null;
    }
    var stored =
        new StoredStandby(
            it.node(), it.inStep(), it.mayLose(), it.password().reveal(), it.problem());
    return vault.seal(JSON.writeValueAsString(stored), database.id() + "s");
  }

  private Database database(ResultSet row) throws SQLException {
    var id = row.getString("id");
    var addon = row.getString("addon_id");
    var destroyed = row.getString("destroyed_at");
    return new Database(
        UUID.fromString(id),
        addon == null ? null : UUID.fromString(addon),
        AccountId.of(row.getString("account_id")),
        row.getString("name"),
        PostgresPlan.of(row.getString("plan")),
        row.getInt("number"),
        row.getString("node"),
        Database.Stage.valueOf(row.getString("stage")),
        row.getString("problem"),
        logins(id, row.getBytes("logins")),
        outside(id, row.getBytes("outside")),
        Instant.parse(row.getString("created_at")),
        destroyed == null ? null : Instant.parse(destroyed),
        seats(row),
        standby(id, row));
  }

  private static Seats seats(ResultSet row) throws SQLException {
    var moved = row.getString("moved_at");
    return new Seats(
        row.getInt("server_seat"),
        row.getInt("pooler_seat"),
        row.getString("pooler_node"),
        moved == null ? null : Instant.parse(moved));
  }

  private @Nullable Standby standby(String id, ResultSet row) throws SQLException {
    var sealed = row.getBytes("standby");
    if (sealed == null) {
      return null;
    }
    var it = JSON.readValue(vault.unseal(sealed, id + "s"), StoredStandby.class);
    return new Standby(
        it.node(),
        Standby.Stage.valueOf(row.getString("standby_stage")),
        it.inStep(),
        it.mayLose(),
        new Secret(it.password()),
        it.problem());
  }

  private List<Login> logins(String id, byte[] sealed) {
    return JSON.readValue(vault.unseal(sealed, id + "l"), LOGINS).stream()
        .map(it -> new Login(it.user(), new Secret(it.password()), Instant.parse(it.madeAt())))
        .toList();
  }

  private @Nullable Outside outside(String id, byte @Nullable [] sealed) {
    if (sealed == null) {
      return null;
    }
    var it = JSON.readValue(vault.unseal(sealed, id + "o"), StoredOutside.class);
    return new Outside(
        it.host(), it.port(), it.database(), it.user(), new Secret(it.password()), it.authority());
  }
}
