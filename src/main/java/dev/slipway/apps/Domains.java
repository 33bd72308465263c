package dev.slipway.apps;

import dev.slipway.apps.AppEvent.Action;
import dev.slipway.core.AppId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/// The host names of their owners' own that lead to apps. Thread-safe.
public final class Domains {
  private static final int MOST = 1000;

  private static final RowMapper<Domain> DOMAIN =
      (row, context) ->
          new Domain(
              UUID.fromString(row.getString("id")),
              AppId.of(row.getString("app_id")),
              row.getString("hostname"),
              Optional.ofNullable(row.getString("certificate_id"))
                  .map(UUID::fromString)
                  .orElse(null),
              Instant.parse(row.getString("created_at")),
              Instant.parse(
                  Optional.ofNullable(row.getString("updated_at"))
                      .orElse(row.getString("created_at"))));

  private final Store store;
  private final AppEvents events;
  private final Clock clock;

  Domains(Store store, AppEvents events, Clock clock) {
    this.store = store;
    this.events = events;
    this.clock = clock;
  }

  /// The app's own domains, by host name.
  public List<Domain> list(AppId id) {
    return store.read(db -> list(db, id));
  }

  /// The same, within a transaction.
  public List<Domain> list(Handle db, AppId id) {
    return db.createQuery("SELECT * FROM domains WHERE app_id = :app ORDER BY hostname")
        .bind("app", id.toString())
        .map(DOMAIN)
        .list();
  }

  /// The own domains of all apps.
  public List<Domain> list() {
    return store.read(Domains::list);
  }

  private static List<Domain> list(Handle db) {
    return db.createQuery("SELECT * FROM domains ORDER BY hostname").map(DOMAIN).list();
  }

  /// The app's domain of that host name or id.
  ///
  /// @throws UserError not_found, when the app has no such domain
  public Domain get(AppId id, String hostnameOrId) {
    return store.read(db -> get(db, id, hostnameOrId));
  }

  /// The same, within a transaction.
  public Domain get(Handle db, AppId id, String hostnameOrId) {
    return list(db, id).stream()
        .filter(each -> each.isMeantBy(hostnameOrId))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that domain."));
  }

  /// Adds a domain.
  ///
  /// @throws UserError invalid_params, when it is no domain name, an app has it already, or it lies
  ///   under a wildcard of somebody else's app, or the other way round
  public Domain add(AppId id, String hostname) {
    var domain = new Domain(UUID.randomUUID(), id, Domain.hostname(hostname), null, now(), now());
    store.useTransaction(db -> {
      requireFree(db, domain);
      db.createUpdate(
              """
              INSERT INTO domains (id, app_id, hostname, created_at)
              VALUES (:id, :app, :hostname, :now)\
              """)
          .bind("id", domain.id().toString())
          .bind("app", id.toString())
          .bind("hostname", domain.hostname())
          .bind("now", domain.createdAt().toString())
          .execute();
    });
    events.happened(AppEvent.of(id, Action.CREATE, domain));
    return domain;
  }

  /// Chooses the certificate that the domain is served with; null for the app's best.
  public Domain chooseCertificate(Handle db, Domain domain, @Nullable UUID certificate) {
    return db.createQuery(
            """
            UPDATE domains SET certificate_id = :certificate, updated_at = :now WHERE id = :id
            RETURNING *\
            """)
        .bind("certificate", certificate == null ? null : certificate.toString())
        .bind("now", now().toString())
        .bind("id", domain.id().toString())
        .map(DOMAIN)
        .one();
  }

  /// Removes a domain of the app, by host name or id, and gives what was removed.
  ///
  /// @throws UserError not_found, when the app has no such domain
  public Domain remove(AppId id, String hostnameOrId) {
    var domain = get(id, hostnameOrId);
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM domains WHERE id = :id")
            .bind("id", domain.id().toString())
            .execute());
    events.happened(AppEvent.of(id, Action.DESTROY, domain));
    return domain;
  }

  private void requireFree(Handle db, Domain wanted) {
    var all = list(db);
    var hostname = wanted.hostname();
    for (var other : all) {
      if (other.hostname().equals(hostname)) {
        throw UserError.of(
            ErrorCode.INVALID_PARAMS,
            other.app().equals(wanted.app())
                ? "Domain already added to this app."
                : hostname + " is currently in use by another app. Remove it there first.");
      }
    }
    var owner = owner(db, wanted.app());
    var strangers =
        all.stream().filter(wanted::overlaps).anyMatch(it -> !owner(db, it.app()).equals(owner));
    if (strangers) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS,
          hostname
              + " is currently in use by another app, which has a wildcard of it or a name"
              + " under it.");
    }
    if (all.stream().filter(it -> it.app().equals(wanted.app())).count() >= MOST) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS,
          "An app can have " + MOST + " domains at the most; *.example.com takes many.");
    }
  }

  private static String owner(Handle db, AppId app) {
    return db.createQuery("SELECT owner_id FROM apps WHERE id = :id")
        .bind("id", app.toString())
        .mapTo(String.class)
        .one();
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
