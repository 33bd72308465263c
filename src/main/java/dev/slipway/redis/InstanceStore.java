package dev.slipway.redis;

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

/// Instances as rows; their passwords are sealed. Thread-safe.
public final class InstanceStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<StoredPassword>> PASSWORDS = new TypeReference<>() {};

  private final Store store;
  private final Vault vault;

  private record StoredPassword(String value, String madeAt) {}

  /// Rows of the store, sealed by the vault.
  public InstanceStore(Store store, Vault vault) {
    this.store = store;
    this.vault = vault;
  }

  /// All of them, also those that are only kept, oldest first.
  List<Instance> all() {
    return store.read(db ->
        db.createQuery("SELECT * FROM redis_instances ORDER BY created_at, id")
            .map((row, _) -> instance(row))
            .list());
  }

  /// Where each of them is in its life, without unsealing anything.
  Map<UUID, Instance.Stage> stages() {
    return store.read(db ->
        db.createQuery("SELECT id, stage FROM redis_instances")
            .reduceRows(
                new HashMap<UUID, Instance.Stage>(),
                (all, row) -> {
                  all.put(
                      UUID.fromString(row.getColumn("id", String.class)),
                      Instance.Stage.valueOf(row.getColumn("stage", String.class)));
                  return all;
                }));
  }

  /// The instance of an add-on.
  Optional<Instance> ofAddon(UUID addon) {
    return store.read(db -> one(db, "addon_id", addon.toString()));
  }

  Optional<Instance> find(UUID id) {
    return store.read(db -> one(db, "id", id.toString()));
  }

  private Optional<Instance> one(Handle db, String column, String value) {
    return db.createQuery("SELECT * FROM redis_instances WHERE " + column + " = :value")
        .bind("value", value)
        .map((row, _) -> instance(row))
        .findOne();
  }

  /// Writes down an instance, with the lowest number that none has.
  Instance insert(Instance wanted) {
    return store.inTransaction(db -> {
      var taken = db.createQuery("SELECT number FROM redis_instances").mapTo(Integer.class).set();
      var number = IntStream.iterate(0, n -> n + 1).filter(n -> !taken.contains(n)).findFirst();
      var made = wanted.numbered(number.orElseThrow());
      bind(
              db.createUpdate(
                  """
                  INSERT INTO redis_instances (id, addon_id, account_id, name, plan, number, node,
                    stage, passwords, policy, idle_seconds, events, created_at, destroyed_at)
                  VALUES (:id, :addon, :account, :name, :plan, :number, :node,
                    :stage, :passwords, :policy, :idle, :events, :created, :destroyed)\
                  """),
              made)
          .execute();
      return made;
    });
  }

  void update(Instance instance) {
    store.useTransaction(db ->
        bind(
                db.createUpdate(
                    """
                    UPDATE redis_instances SET addon_id = :addon, account_id = :account,
                      name = :name, plan = :plan, number = :number, node = :node, stage = :stage,
                      passwords = :passwords, policy = :policy, idle_seconds = :idle,
                      events = :events, created_at = :created, destroyed_at = :destroyed
                    WHERE id = :id\
                    """),
                instance)
            .execute());
  }

  void delete(Instance instance) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM redis_instances WHERE id = :id")
            .bind("id", instance.id().toString())
            .execute());
  }

  private Update bind(Update update, Instance instance) {
    return update
        .bind("id", instance.id().toString())
        .bind("addon", text(instance.addon()))
        .bind("account", instance.owner().toString())
        .bind("name", instance.name())
        .bind("plan", instance.plan().label())
        .bind("number", instance.number())
        .bind("node", instance.node())
        .bind("stage", instance.stage().name())
        .bind("passwords", sealed(instance))
        .bind("policy", instance.settings().policy().label())
        .bind("idle", instance.settings().idleSeconds())
        .bind("events", instance.settings().events())
        .bind("created", instance.createdAt().toString())
        .bind("destroyed", text(instance.destroyedAt()));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private byte[] sealed(Instance instance) {
    var passwords =
        instance.passwords().stream()
            .map(it -> new StoredPassword(it.value().reveal(), it.madeAt().toString()))
            .toList();
    return vault.seal(JSON.writeValueAsString(passwords), instance.id() + "p");
  }

  private Instance instance(ResultSet row) throws SQLException {
    var id = row.getString("id");
    var addon = row.getString("addon_id");
    var destroyed = row.getString("destroyed_at");
    return new Instance(
        UUID.fromString(id),
        addon == null ? null : UUID.fromString(addon),
        AccountId.of(row.getString("account_id")),
        row.getString("name"),
        RedisPlan.of(row.getString("plan")),
        row.getInt("number"),
        row.getString("node"),
        Instance.Stage.valueOf(row.getString("stage")),
        passwords(id, row.getBytes("passwords")),
        new InstanceSettings(
            EvictionPolicy.named(row.getString("policy")),
            row.getInt("idle_seconds"),
            row.getString("events")),
        Instant.parse(row.getString("created_at")),
        destroyed == null ? null : Instant.parse(destroyed));
  }

  private List<Password> passwords(String id, byte[] sealed) {
    return JSON.readValue(vault.unseal(sealed, id + "p"), PASSWORDS).stream()
        .map(it -> new Password(new Secret(it.value()), Instant.parse(it.madeAt())))
        .toList();
  }
}
