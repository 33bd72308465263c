package dev.slipway.webhooks;

import dev.slipway.core.AppId;
import dev.slipway.core.Secret;
import dev.slipway.outbound.Target;
import dev.slipway.store.Store;
import dev.slipway.store.Vault;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The rows of webhooks, events and deliveries. Thread-safe.
final class WebhookStore {
  private static final String DELIVERY =
      """
      SELECT d.*, w.level, e.include
      FROM webhook_deliveries d
      JOIN webhooks w ON w.id = d.webhook_id JOIN webhook_events e ON e.id = d.event_id
      """;

  private final Store store;
  private final Vault vault;

  WebhookStore(Store store, Vault vault) {
    this.store = store;
    this.vault = vault;
  }

  List<Webhook> webhooks(Handle db, AppId app) {
    return db.createQuery("SELECT * FROM webhooks WHERE app_id = :app ORDER BY created_at, rowid")
        .bind("app", app.toString())
        .map((row, context) -> webhook(row))
        .list();
  }

  Optional<Webhook> webhook(UUID id) {
    return store.read(db ->
        db.createQuery("SELECT * FROM webhooks WHERE id = :id")
            .bind("id", id.toString())
            .map((row, context) -> webhook(row))
            .findOne());
  }

  void put(Handle db, Webhook webhook) {
    var id = webhook.id().toString();
    db.createUpdate(
            """
            INSERT INTO webhooks (id, app_id, url, include, level, secret, auth,
                                  created_at, updated_at)
            VALUES (:id, :app, :url, :include, :level, :secret, :auth, :created, :updated)
            ON CONFLICT (id) DO UPDATE
            SET url = excluded.url, include = excluded.include, level = excluded.level,
                secret = excluded.secret, auth = excluded.auth, updated_at = excluded.updated_at\
            """)
        .bind("id", id)
        .bind("app", webhook.app().toString())
        .bind("url", vault.seal(webhook.target().url().toString(), id + "/url"))
        .bind("include", String.join(",", webhook.include()))
        .bind("level", webhook.level().name())
        .bind("secret", vault.seal(webhook.secret().reveal(), id + "/secret"))
        .bind("auth", sealed(webhook.authorization(), id))
        .bind("created", webhook.createdAt().toString())
        .bind("updated", webhook.updatedAt().toString())
        .execute();
  }

  void delete(UUID webhook) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM webhooks WHERE id = :id")
            .bind("id", webhook.toString())
            .execute());
  }

  /// Adds an event with a delivery to each of the webhooks.
  void addEvent(Handle db, NewEvent told, List<Webhook> to, Instant now) {
    var id = UUID.randomUUID();
    var sequence =
        db.createQuery(
                """
                INSERT INTO webhook_events (id, app_id, include, payload, created_at)
                VALUES (:id, :app, :include, '{}', :now) RETURNING sequence\
                """)
            .bind("id", id.toString())
            .bind("app", told.app().toString())
            .bind("include", told.include())
            .bind("now", now.toString())
            .mapTo(Long.class)
            .one();
    db.createUpdate("UPDATE webhook_events SET payload = :payload WHERE sequence = :sequence")
        .bind("payload", told.payload(id, sequence, now))
        .bind("sequence", sequence)
        .execute();
    for (var webhook : to) {
      db.createUpdate(
              """
              INSERT INTO webhook_deliveries (id, webhook_id, event_id, status, next_attempt_at,
                                              created_at, updated_at)
              VALUES (:id, :webhook, :event, 'PENDING', :due, :now, :now)\
              """)
          .bind("due", now.toEpochMilli())
          .bind("id", UUID.randomUUID().toString())
          .bind("webhook", webhook.id().toString())
          .bind("event", id.toString())
          .bind("now", now.toString())
          .execute();
    }
  }

  List<Event> events(AppId app) {
    return store.read(db ->
        db.createQuery("SELECT * FROM webhook_events WHERE app_id = :app ORDER BY sequence")
            .bind("app", app.toString())
            .map((row, context) -> event(row))
            .list());
  }

  Optional<Event> event(UUID id) {
    return store.read(db ->
        db.createQuery("SELECT * FROM webhook_events WHERE id = :id")
            .bind("id", id.toString())
            .map((row, context) -> event(row))
            .findOne());
  }

  List<Delivery> deliveries(AppId app) {
    return store.read(db ->
        db.createQuery(DELIVERY + "WHERE w.app_id = :app ORDER BY d.sequence")
            .bind("app", app.toString())
            .map((row, context) -> delivery(row))
            .list());
  }

  /// The oldest delivery of each webhook whose time has come.
  List<Delivery> due(Instant now) {
    return store.read(db ->
        db.createQuery(
                DELIVERY
                    + """
                    WHERE d.sequence IN
                      (SELECT min(sequence) FROM webhook_deliveries
                       WHERE next_attempt_at <= :now GROUP BY webhook_id)\
                    """)
            .bind("now", now.toEpochMilli())
            .map((row, context) -> delivery(row))
            .list());
  }

  Optional<Delivery> delivery(UUID id) {
    return store.read(db ->
        db.createQuery(DELIVERY + "WHERE d.id = :id")
            .bind("id", id.toString())
            .map((row, context) -> delivery(row))
            .findOne());
  }

  void update(Delivery delivery) {
    var attempt = delivery.lastAttempt();
    store.useTransaction(db ->
        db.createUpdate(
                """
                UPDATE webhook_deliveries
                SET status = :status, attempts = :attempts, next_attempt_at = :next,
                    attempt_id = :attempt, attempt_code = :code, attempt_error = :error,
                    attempt_at = :at, updated_at = :updated
                WHERE id = :id\
                """)
            .bind("status", delivery.status().name())
            .bind("attempts", delivery.attempts())
            .bind("next", milliseconds(delivery.nextAttemptAt()))
            .bind("attempt", attempt == null ? null : attempt.id().toString())
            .bind("code", attempt == null ? null : attempt.code())
            .bind("error", attempt == null ? null : attempt.error())
            .bind("at", attempt == null ? null : attempt.at().toString())
            .bind("updated", delivery.updatedAt().toString())
            .bind("id", delivery.id().toString())
            .execute());
  }

  /// Forgets events before a time, and all but so many of each app's, unless they are still to be
  /// delivered; and webhooks of apps that are gone and have nothing to be delivered.
  void prune(Instant before, int most) {
    store.useTransaction(db -> {
      db.createUpdate(
              """
              DELETE FROM webhook_events
              WHERE (created_at < :before OR app_id NOT IN (SELECT id FROM apps)
                     OR sequence NOT IN
                      (SELECT sequence FROM
                        (SELECT sequence,
                                row_number() OVER (PARTITION BY app_id ORDER BY sequence DESC) AS age
                         FROM webhook_events)
                       WHERE age <= :most))
                AND id NOT IN
                  (SELECT event_id FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL)\
              """)
          .bind("before", before.toString())
          .bind("most", most)
          .execute();
      db.createUpdate(
              """
              DELETE FROM webhooks
              WHERE app_id NOT IN (SELECT id FROM apps) AND id NOT IN
                (SELECT webhook_id FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL)\
              """)
          .execute();
    });
  }

  private byte @Nullable [] sealed(@Nullable Secret secret, String id) {
    return secret == null ? null : vault.seal(secret.reveal(), id + "/auth");
  }

  private Webhook webhook(ResultSet row) throws SQLException {
    var id = row.getString("id");
    var auth = row.getBytes("auth");
    return new Webhook(
        UUID.fromString(id),
        AppId.of(row.getString("app_id")),
        new Target(URI.create(vault.unseal(row.getBytes("url"), id + "/url"))),
        List.of(row.getString("include").split(",", -1)),
        Level.valueOf(row.getString("level")),
        new Secret(vault.unseal(row.getBytes("secret"), id + "/secret")),
        auth == null ? null : new Secret(vault.unseal(auth, id + "/auth")),
        Instant.parse(row.getString("created_at")),
        Instant.parse(row.getString("updated_at")));
  }

  private static Event event(ResultSet row) throws SQLException {
    return new Event(
        UUID.fromString(row.getString("id")),
        row.getLong("sequence"),
        AppId.of(row.getString("app_id")),
        row.getString("include"),
        row.getString("payload"),
        Instant.parse(row.getString("created_at")));
  }

  private static Delivery delivery(ResultSet row) throws SQLException {
    var next = row.getLong("next_attempt_at");
    var ended = row.wasNull();
    return new Delivery(
        UUID.fromString(row.getString("id")),
        row.getLong("sequence"),
        UUID.fromString(row.getString("webhook_id")),
        Level.valueOf(row.getString("level")),
        UUID.fromString(row.getString("event_id")),
        row.getString("include"),
        Delivery.Status.valueOf(row.getString("status")),
        row.getInt("attempts"),
        ended ? null : Instant.ofEpochMilli(next),
        attempt(row),
        Instant.parse(row.getString("created_at")),
        Instant.parse(row.getString("updated_at")));
  }

  private static Delivery.@Nullable Attempt attempt(ResultSet row) throws SQLException {
    var id = row.getString("attempt_id");
    var code = row.getInt("attempt_code");
    var answered = !row.wasNull();
    return id == null
        ? null
        : new Delivery.Attempt(
            UUID.fromString(id),
            answered ? code : null,
            row.getString("attempt_error"),
            Instant.parse(row.getString("attempt_at")));
  }

  private static @Nullable Long milliseconds(@Nullable Instant time) {
    return time == null ? null : time.toEpochMilli();
  }
}
