package dev.slipway.accounts;

import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;

/// Finds the account behind an API key. Keys are random and long, so they are stored as one
/// SHA-256: there is nothing to guess that a slow hash would protect. Thread-safe.
public final class Accounts {
  private static final RowMapper<Account> ACCOUNT =
      (row, context) ->
          new Account(
              AccountId.of(row.getString("id")),
              row.getString("email"),
              Instant.parse(row.getString("created_at")));

  private final Store store;
  private final Clock clock;

  /// Accounts kept in the store.
  public Accounts(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// The account that the key belongs to.
  ///
  /// @throws UserError unauthorized, when no account has that key
  public Account authenticate(Secret key) {
    return byKey(key)
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.UNAUTHORIZED,
                    "Invalid credentials provided.",
                    null,
                    "The key of this machine is printed by: ./slipway env")));
  }

  /// Makes sure that an account of that address exists and that this is its key.
  public Account ensure(String email, Secret key) {
    return store.inTransaction(db -> {
      db.createUpdate(
              """
              INSERT INTO accounts (id, email, api_key_hash, created_at)
              VALUES (:id, :email, :hash, :now)
              ON CONFLICT (email) DO UPDATE SET api_key_hash = :hash\
              """)
          .bind("id", UUID.randomUUID().toString())
          .bind("email", email)
          .bind("hash", hash(key))
          .bind("now", Instant.now(clock).toString())
          .execute();
      return db.createQuery("SELECT * FROM accounts WHERE email = :email")
          .bind("email", email)
          .map(ACCOUNT)
          .one();
    });
  }

  /// The account of that identity.
  public Account get(AccountId id) {
    return store.read(db ->
        db.createQuery("SELECT * FROM accounts WHERE id = :id")
            .bind("id", id.toString())
            .map(ACCOUNT)
            .one());
  }

  private Optional<Account> byKey(Secret key) {
    return store.read(db ->
        db.createQuery("SELECT * FROM accounts WHERE api_key_hash = :hash")
            .bind("hash", hash(key))
            .map(ACCOUNT)
            .findOne());
  }

  private static String hash(Secret key) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(key.reveal().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
