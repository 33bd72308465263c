package dev.slipway.accounts;

import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/// The SSH keys of all accounts. A key belongs to one account, as it tells who comes. Thread-safe.
public final class SshKeys {
  private static final int MOST_OF_ACCOUNT = 100;
  private static final RowMapper<SshKey> KEY =
      (row, context) ->
          new SshKey(
              UUID.fromString(row.getString("id")),
              row.getString("fingerprint"),
              row.getString("public_key"),
              row.getString("comment"),
              Instant.parse(row.getString("created_at")));

  private final Store store;
  private final Clock clock;

  SshKeys(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// Adds a key; without a comment it gets the account's address for one.
  ///
  /// @throws UserError invalid_params, when it is none, or on an account already
  public SshKey add(Account account, String publicKey) {
    var now = Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
    var key = SshKey.parse(publicKey, account.email(), now);
    store.useTransaction(db -> {
      requireNew(db, key);
      requireFew(db, account.id());
      db.createUpdate(
              """
              INSERT INTO ssh_keys (id, account_id, fingerprint, public_key, comment, created_at)
              VALUES (:id, :account, :fingerprint, :key, :comment, :now)\
              """)
          .bind("id", key.id().toString())
          .bind("account", account.id().toString())
          .bind("fingerprint", key.fingerprint())
          .bind("key", key.publicKey())
          .bind("comment", key.comment())
          .bind("now", key.createdAt().toString())
          .execute();
    });
    return key;
  }

  /// The account's keys, oldest first.
  public List<SshKey> list(AccountId account) {
    return store.read(db ->
        db.createQuery("SELECT * FROM ssh_keys WHERE account_id = :account ORDER BY created_at, id")
            .bind("account", account.toString())
            .map(KEY)
            .list());
  }

  /// The account's key of that id or fingerprint.
  ///
  /// @throws UserError not_found, when it has none such
  public SshKey get(AccountId account, String idOrFingerprint) {
    return list(account).stream()
        .filter(key ->
            key.id().toString().equals(idOrFingerprint)
                || key.fingerprint().equals(idOrFingerprint))
        .findFirst()
        .orElseThrow(() -> UserError.of(ErrorCode.NOT_FOUND, "Couldn't find that key."));
  }

  /// Removes a key.
  public void remove(SshKey key) {
    store.useTransaction(db ->
        db.createUpdate("DELETE FROM ssh_keys WHERE id = :id")
            .bind("id", key.id().toString())
            .execute());
  }

  /// Removes all of the account.
  void removeAll(Handle db, AccountId account) {
    db.createUpdate("DELETE FROM ssh_keys WHERE account_id = :account")
        .bind("account", account.toString())
        .execute();
  }

  private static void requireNew(Handle db, SshKey key) {
    var known =
        db.createQuery("SELECT 1 FROM ssh_keys WHERE fingerprint = :fingerprint")
            .bind("fingerprint", key.fingerprint())
            .mapTo(Integer.class)
            .findOne();
    if (known.isPresent()) {
      throw invalid("This key is on an account already (" + key.fingerprint() + ").");
    }
  }

  private static void requireFew(Handle db, AccountId account) {
    var count =
        db.createQuery("SELECT count(*) FROM ssh_keys WHERE account_id = :account")
            .bind("account", account.toString())
            .mapTo(Integer.class)
            .one();
    if (count >= MOST_OF_ACCOUNT) {
      throw invalid("Your account has " + count + " keys; remove one first with keys:remove.");
    }
  }

  private static UserError invalid(String what) {
    return UserError.of(ErrorCode.INVALID_PARAMS, what);
  }
}
