package dev.slipway.addons;

import static java.util.Objects.requireNonNull;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;
import dev.slipway.core.Secret;
import dev.slipway.deploy.AttachedConfig;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Add-ons and attachments as rows; what is secret of them is sealed. Thread-safe.
public final class AddonStore implements AttachedConfig {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private static final RowMapper<Attachment> ATTACHMENT =
      (row, context) ->
          new Attachment(
              UUID.fromString(row.getString("id")),
              UUID.fromString(row.getString("addon_id")),
              AppId.of(row.getString("app_id")),
              row.getString("name"),
              Instant.parse(row.getString("created_at")),
              Instant.parse(row.getString("updated_at")));

  private static final RowMapper<AddonOutline> OUTLINE =
      (row, context) ->
          new AddonOutline(
              UUID.fromString(row.getString("id")),
              row.getString("service"),
              row.getString("plan"),
              AddonState.valueOf(row.getString("state")),
              Instant.parse(row.getString("configured_at")),
              row.getBoolean("of_no_app"));

  private final Store store;
  private final Vault vault;

  /// Rows of the store, sealed by the vault.
  public AddonStore(Store store, Vault vault) {
    this.store = store;
    this.vault = vault;
  }

  @Override
  public SortedMap<String, Secret> of(Handle db, AppId app) {
    var vars = new TreeMap<String, Secret>();
    for (var attachment : attachments(db, "app_id", app.toString())) {
      find(db, attachment.addon()).ifPresent(addon -> vars.putAll(attachment.configVars(addon)));
    }
    return vars;
  }

  void insert(Handle db, Addon addon) {
    db.createUpdate(
            """
            INSERT INTO addons (id, app_id, name, service, plan, options, state, config,
                                configured_at, message, account_id, created_at, updated_at)
            VALUES (:id, :app, :name, :service, :plan, :options, :state, :config,
                    :configured, :message, :account, :created, :updated)\
            """)
        .bind("id", addon.id().toString())
        .bind("app", addon.app().toString())
        .bind("name", addon.name())
        .bind("service", addon.service())
        .bind("plan", addon.plan())
        .bind("options", vault.seal(JSON.writeValueAsString(addon.options()), addon.id() + "o"))
        .bind("state", addon.state().name())
        .bind("config", sealed(addon))
        .bind("configured", addon.configuredAt().toString())
        .bind("message", addon.message())
        .bind("account", addon.createdBy().toString())
        .bind("created", addon.createdAt().toString())
        .bind("updated", addon.updatedAt().toString())
        .execute();
  }

  void update(Handle db, Addon addon) {
    db.createUpdate(
            """
            UPDATE addons SET name = :name, plan = :plan, state = :state, config = :config,
                              configured_at = :configured, message = :message, updated_at = :updated
            WHERE id = :id\
            """)
        .bind("id", addon.id().toString())
        .bind("name", addon.name())
        .bind("plan", addon.plan())
        .bind("state", addon.state().name())
        .bind("config", sealed(addon))
        .bind("configured", addon.configuredAt().toString())
        .bind("message", addon.message())
        .bind("updated", addon.updatedAt().toString())
        .execute();
  }

  void delete(Handle db, Addon addon) {
    db.createUpdate("DELETE FROM addons WHERE id = :id")
        .bind("id", addon.id().toString())
        .execute();
  }

  Optional<Addon> find(Handle db, UUID id) {
    return db.createQuery("SELECT * FROM addons WHERE id = :id")
        .bind("id", id.toString())
        .map((row, context) -> addon(row))
        .findOne();
  }

  /// The add-on as it is now.
  ///
  /// @throws UserError not_found, when it is gone or being taken away
  Addon current(Handle db, Addon addon) {
    return find(db, addon.id())
        .filter(now -> now.state() != AddonState.DEPROVISIONING)
        .orElseThrow(Addons::noAddon);
  }

  /// All add-ons, by name.
  List<Addon> all() {
    return store.read(db ->
        db.createQuery("SELECT * FROM addons ORDER BY name")
            .map((row, context) -> addon(row))
            .list());
  }

  /// All add-ons, without opening what is sealed of them.
  List<AddonOutline> outlines() {
    return store.read(db ->
        db.createQuery(
                """
                SELECT id, service, plan, state, configured_at,
                       app_id NOT IN (SELECT id FROM apps) AS of_no_app
                FROM addons\
                """)
            .map(OUTLINE)
            .list());
  }

  boolean isNameOfAnother(Handle db, Addon addon) {
    return db.createQuery("SELECT 1 FROM addons WHERE name = :name AND id <> :id")
        .bind("name", addon.name())
        .bind("id", addon.id().toString())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  void insert(Handle db, Attachment attachment) {
    db.createUpdate(
            """
            INSERT INTO addon_attachments (id, addon_id, app_id, name, created_at, updated_at)
            VALUES (:id, :addon, :app, :name, :created, :updated)\
            """)
        .bind("id", attachment.id().toString())
        .bind("addon", attachment.addon().toString())
        .bind("app", attachment.app().toString())
        .bind("name", attachment.name())
        .bind("created", attachment.createdAt().toString())
        .bind("updated", attachment.updatedAt().toString())
        .execute();
  }

  void delete(Handle db, Attachment attachment) {
    db.createUpdate("DELETE FROM addon_attachments WHERE id = :id")
        .bind("id", attachment.id().toString())
        .execute();
  }

  List<Attachment> attachments(Handle db) {
    return db.createQuery("SELECT * FROM addon_attachments ORDER BY name").map(ATTACHMENT).list();
  }

  List<Attachment> attachmentsOf(Handle db, Addon addon) {
    return attachments(db, "addon_id", addon.id().toString());
  }

  List<Attachment> attachmentsOf(Handle db, AppId app) {
    return attachments(db, "app_id", app.toString());
  }

  private static List<Attachment> attachments(Handle db, String column, String value) {
    return db.createQuery(
            "SELECT * FROM addon_attachments WHERE " + column + " = :value ORDER BY name")
        .bind("value", value)
        .map(ATTACHMENT)
        .list();
  }

  private byte[] sealed(Addon addon) {
    var plain = new TreeMap<String, String>();
    addon.config().forEach((part, value) -> plain.put(part, value.reveal()));
    return vault.seal(JSON.writeValueAsString(plain), addon.id().toString());
  }

  private Addon addon(ResultSet row) throws SQLException {
    var id = row.getString("id");
    var config = new TreeMap<String, Secret>();
    read(vault.unseal(requireNonNull(row.getBytes("config")), id))
        .forEach((part, value) -> config.put(part, new Secret(value)));
    return new Addon(
        UUID.fromString(id),
        AppId.of(row.getString("app_id")),
        row.getString("name"),
        row.getString("service"),
        row.getString("plan"),
        read(vault.unseal(requireNonNull(row.getBytes("options")), id + "o")),
        AddonState.valueOf(row.getString("state")),
        config,
        Instant.parse(row.getString("configured_at")),
        row.getString("message"),
        AccountId.of(row.getString("account_id")),
        Instant.parse(row.getString("created_at")),
        Instant.parse(row.getString("updated_at")));
  }

  private static Map<String, String> read(String json) {
    return JSON.readValue(json, TEXTS);
  }
}
