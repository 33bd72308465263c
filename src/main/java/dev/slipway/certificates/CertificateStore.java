package dev.slipway.certificates;

import dev.slipway.core.AppId;
import dev.slipway.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/// Certificates as rows. Keys go in and come out sealed. Thread-safe.
public final class CertificateStore {
  private static final RowMapper<Certificate> CERTIFICATE =
      (row, _) ->
          new Certificate(
              UUID.fromString(row.getString("id")),
              AppId.of(row.getString("app_id")),
              row.getString("name"),
              row.getString("chain"),
              row.getString("fingerprint"),
              List.of(row.getString("names").split(" ", -1)),
              Instant.parse(row.getString("ends_at")),
              Instant.parse(row.getString("created_at")),
              Instant.parse(row.getString("updated_at")));

  private final Store store;

  /// Rows of this store.
  public CertificateStore(Store store) {
    this.store = store;
  }

  /// Those of all apps.
  public List<Certificate> all() {
    return store.read(db -> db.createQuery("SELECT * FROM certificates").map(CERTIFICATE).list());
  }

  /// Those of one app, by name.
  public List<Certificate> of(AppId app) {
    return store.read(db -> of(db, app));
  }

  List<Certificate> of(Handle db, AppId app) {
    return db.createQuery("SELECT * FROM certificates WHERE app_id = :app ORDER BY name")
        .bind("app", app.toString())
        .map(CERTIFICATE)
        .list();
  }

  /// What can be made of a certificate and its sealed key.
  <T> Optional<T> byFingerprint(String fingerprint, BiFunction<Certificate, byte[], T> made) {
    return store.read(db ->
        db.createQuery("SELECT * FROM certificates WHERE fingerprint = :fingerprint LIMIT 1")
            .bind("fingerprint", fingerprint)
            .map((row, context) ->
                made.apply(CERTIFICATE.map(row, context), row.getBytes("private_key")))
            .findOne());
  }

  void write(Handle db, Certificate certificate, byte[] sealedKey) {
    db.createUpdate(
            """
            INSERT INTO certificates VALUES (:id, :app, :name, :chain, :key, :fingerprint, :names,
              :ends, :created, :updated)
            ON CONFLICT (id) DO UPDATE SET chain = :chain, private_key = :key,
              fingerprint = :fingerprint, names = :names, ends_at = :ends, updated_at = :updated\
            """)
        .bind("id", certificate.id().toString())
        .bind("app", certificate.app().toString())
        .bind("name", certificate.name())
        .bind("chain", certificate.chain())
        .bind("key", sealedKey)
        .bind("fingerprint", certificate.fingerprint())
        .bind("names", String.join(" ", certificate.names()))
        .bind("ends", certificate.endsAt().toString())
        .bind("created", certificate.createdAt().toString())
        .bind("updated", certificate.updatedAt().toString())
        .execute();
  }

  void delete(UUID id) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM certificates WHERE id = :id")
            .bind("id", id.toString())
            .execute());
  }
}
