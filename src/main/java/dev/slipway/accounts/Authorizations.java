package dev.slipway.accounts;

import dev.slipway.accounts.Authorization.Maker;
import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Every authorization of every account, with the hash of its token. Thread-safe.
public final class Authorizations {
  private static final int MOST_OF_ACCOUNT = 500;
  private static final Duration LONGEST = Duration.ofDays(3660);
  private static final int LONGEST_DESCRIPTION = 255;

  /// An authorization with its token, which is shown this once.
  public record Issued(Authorization authorization, Secret token) {}

  private final Store store;
  private final Clock clock;
  private final Tokens tokens = new Tokens();

  Authorizations(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// Makes an authorization.
  ///
  /// @param lifetime how long its token is valid, or null for ever
  /// @throws UserError invalid_params, when the description or the lifetime can't be, or when the
  ///   account has too many
  public Issued add(
      AccountId account,
      String description,
      Set<Scope> scopes,
      Maker maker,
      @Nullable Duration lifetime) {
    requireDescription(description);
    requireLifetime(lifetime);
    var token = tokens.next();
    var now = now();
    var added =
        new Authorization(
            UUID.randomUUID(),
            account,
            description,
            scopes,
            Tokens.hint(token),
            maker,
            lifetime,
            end(now, lifetime),
            now,
            now);
    store.useTransaction(db -> {
      deleteExpired(db);
      requireFew(db, account);
      insert(db, added, Tokens.hash(token));
    });
    return new Issued(added, token);
  }

  /// The account's valid authorizations, oldest first.
  public List<Authorization> list(AccountId account) {
    return store.read(db ->
        db.createQuery(
                """
                SELECT * FROM authorizations
                WHERE account_id = :account AND (expires_at IS NULL OR expires_at > :now)
                ORDER BY created_at, id\
                """)
            .bind("account", account.toString())
            .bind("now", now().toString())
            .map((row, context) -> read(row))
            .list());
  }

  /// The valid authorization of that token.
  Optional<Authorization> byToken(Secret token) {
    return store.read(db ->
        db.createQuery(
                """
                SELECT * FROM authorizations
                WHERE token_hash = :hash AND (expires_at IS NULL OR expires_at > :now)
                  AND account_id IN (SELECT id FROM accounts WHERE removed_at IS NULL)\
                """)
            .bind("hash", Tokens.hash(token))
            .bind("now", now().toString())
            .map((row, context) -> read(row))
            .findOne());
  }

  /// Gives the authorization another description.
  public Authorization describe(Authorization authorization, String description) {
    requireDescription(description);
    return change(authorization, "description = :value", description);
  }

  /// Gives the authorization another token; the one before is worth nothing from then on.
  public Issued regenerate(Authorization authorization) {
    var token = tokens.next();
    var expires = end(now(), authorization.lifetime());
    var changed =
        store.inTransaction(db -> {
          db.createUpdate(
                  """
                  UPDATE authorizations SET token_hash = :hash, token_hint = :hint,
                    expires_at = :expires, updated_at = :now WHERE id = :id\
                  """)
              .bind("hash", Tokens.hash(token))
              .bind("hint", Tokens.hint(token))
              .bind("expires", text(expires))
              .bind("now", now().toString())
              .bind("id", authorization.id().toString())
              .execute();
          return one(db, authorization.id());
        });
    return new Issued(changed, token);
  }

  /// Revokes the authorization.
  public void remove(Authorization authorization) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM authorizations WHERE id = :id")
            .bind("id", authorization.id().toString())
            .execute());
  }

  /// Revokes what logins of the account made, but for the one that asks.
  void removeLogins(Handle db, AccountId account, @Nullable UUID but) {
    db.createUpdate(
            """
            DELETE FROM authorizations
            WHERE account_id = :account AND made_by <> 'TOKEN' AND id IS NOT :but\
            """)
        .bind("account", account.toString())
        .bind("but", but == null ? null : but.toString())
        .execute();
  }

  /// Revokes all of the account.
  void removeAll(Handle db, AccountId account) {
    db.createUpdate("DELETE FROM authorizations WHERE account_id = :account")
        .bind("account", account.toString())
        .execute();
  }

  private Authorization change(Authorization authorization, String assignment, String value) {
    return store.inTransaction(db -> {
      db.createUpdate(
              "UPDATE authorizations SET " + assignment + ", updated_at = :now WHERE id = :id")
          .bind("value", value)
          .bind("now", now().toString())
          .bind("id", authorization.id().toString())
          .execute();
      return one(db, authorization.id());
    });
  }

  private void deleteExpired(Handle db) {
    db.createUpdate("DELETE FROM authorizations WHERE expires_at <= :now")
        .bind("now", now().toString())
        .execute();
  }

  private static void requireFew(Handle db, AccountId account) {
    var count =
        db.createQuery("SELECT count(*) FROM authorizations WHERE account_id = :account")
            .bind("account", account.toString())
            .mapTo(Integer.class)
            .one();
    if (count >= MOST_OF_ACCOUNT) {
      throw new UserError(
          new Problem(
              ErrorCode.INVALID_PARAMS,
              "Your account has " + count + " authorizations, and no more are allowed.",
              null,
              "heroku authorizations:revoke ID removes one."));
    }
  }

  private static void insert(Handle db, Authorization added, String hash) {
    var lifetime = added.lifetime();
    db.createUpdate(
            """
            INSERT INTO authorizations (id, account_id, description, scopes, token_hash,
              token_hint, made_by, lifetime, expires_at, created_at, updated_at)
            VALUES (:id, :account, :description, :scopes, :hash, :hint, :maker, :lifetime,
              :expires, :now, :now)\
            """)
        .bind("id", added.id().toString())
        .bind("account", added.account().toString())
        .bind("description", added.description())
        .bind(
            "scopes",
            added.scopes().stream().map(Scope::label).sorted().collect(Collectors.joining(",")))
        .bind("hash", hash)
        .bind("hint", added.hint())
        .bind("maker", added.maker().name())
        .bind("lifetime", lifetime == null ? null : lifetime.toSeconds())
        .bind("expires", text(added.expiresAt()))
        .bind("now", added.createdAt().toString())
        .execute();
  }

  private static Authorization one(Handle db, UUID id) {
    return db.createQuery("SELECT * FROM authorizations WHERE id = :id")
        .bind("id", id.toString())
        .map((row, context) -> read(row))
        .findOne()
        .orElseThrow(Authorizations::none);
  }

  private static UserError none() {
    return UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that authorization.");
  }

  private static Authorization read(ResultSet row) throws SQLException {
    var lifetime = row.getLong("lifetime");
    var forever = row.wasNull();
    @Nullable String expires = row.getString("expires_at");
    return new Authorization(
        UUID.fromString(row.getString("id")),
        AccountId.of(row.getString("account_id")),
        row.getString("description"),
        Scope.of(Arrays.asList(row.getString("scopes").split(",", -1))),
        row.getString("token_hint"),
        Maker.valueOf(row.getString("made_by")),
        forever ? null : Duration.ofSeconds(lifetime),
        expires == null ? null : Instant.parse(expires),
        Instant.parse(row.getString("created_at")),
        Instant.parse(row.getString("updated_at")));
  }

  private static void requireDescription(String description) {
    if (description.isBlank()
        || description.length() > LONGEST_DESCRIPTION
        || description.chars().anyMatch(Character::isISOControl)) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS,
          "description must be one line of 1 to %d characters.".formatted(LONGEST_DESCRIPTION));
    }
  }

  private static void requireLifetime(@Nullable Duration lifetime) {
    if (lifetime != null && (!lifetime.isPositive() || lifetime.compareTo(LONGEST) > 0)) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS,
          "expires_in must be 1 to %d seconds.".formatted(LONGEST.toSeconds()));
    }
  }

  private static @Nullable Instant end(Instant from, @Nullable Duration lifetime) {
    return lifetime == null ? null : from.plus(lifetime);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
