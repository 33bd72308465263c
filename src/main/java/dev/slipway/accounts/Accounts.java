package dev.slipway.accounts;

import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Everybody who may use this installation: the administrator, who has the machine's key, and those
/// whom the administrator adds, who have a password. Thread-safe.
public final class Accounts {
  private static final int LONGEST_NAME = 255;

  private final Store store;
  private final Clock clock;
  private final Passwords passwords = new Passwords();
  private final Tokens tokens = new Tokens();
  private final Authorizations authorizations;
  private final SshKeys sshKeys;
  private final Logins logins;

  /// Accounts kept in the store.
  public Accounts(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.authorizations = new Authorizations(store, clock);
    this.sshKeys = new SshKeys(store, clock);
    this.logins = new Logins(this, authorizations, passwords, System::nanoTime);
  }

  /// Tells who comes.
  public Logins logins() {
    return logins;
  }

  /// The accounts' authorizations.
  public Authorizations authorizations() {
    return authorizations;
  }

  /// The accounts' SSH keys.
  public SshKeys sshKeys() {
    return sshKeys;
  }

  /// Makes sure that an administrator of that address exists and that this is its key.
  public Account ensure(String email, Secret key) {
    return store.inTransaction(db -> {
      db.createUpdate(
              """
              INSERT INTO accounts (id, email, api_key_hash, administrator, created_at)
              VALUES (:id, :email, :hash, 1, :now)
              ON CONFLICT (email) DO UPDATE SET api_key_hash = :hash, administrator = 1\
              """)
          .bind("id", UUID.randomUUID().toString())
          .bind("email", email)
          .bind("hash", Tokens.hash(key))
          .bind("now", now().toString())
          .execute();
      return find(db, email).orElseThrow();
    });
  }

  /// Adds an account. One of that address that was removed comes back, with nothing but its past.
  ///
  /// @param name what to call its person, or null
  /// @throws UserError invalid_params, when the address is taken or the password too weak
  public Account add(EmailAddress email, @Nullable String name, Secret password) {
    requireName(name);
    requireFree(email);
    var hash = passwords.hash(password, email);
    return store.inTransaction(db -> {
      var added =
          db.createUpdate(
                  """
                  INSERT INTO accounts (id, email, name, api_key_hash, password_hash, created_at)
                  VALUES (:id, :email, :name, :key, :hash, :now)
                  ON CONFLICT (email) DO UPDATE SET name = :name, password_hash = :hash,
                    created_at = :now, updated_at = NULL, last_login = NULL, removed_at = NULL
                  WHERE removed_at IS NOT NULL\
                  """)
              .bind("id", UUID.randomUUID().toString())
              .bind("email", email.value())
              .bind("name", name)
              .bind("key", keyOfNobody())
              .bind("hash", hash)
              .bind("now", now().toString())
              .execute();
      if (added == 0) {
        throw taken(email);
      }
      return find(db, email.value()).orElseThrow();
    });
  }

  /// All accounts, by address.
  public List<Account> list() {
    return store.read(db ->
        db.createQuery("SELECT * FROM accounts WHERE removed_at IS NULL ORDER BY email")
            .map((row, context) -> read(row))
            .list());
  }

  /// The account of that identity, also when it was removed: its releases still name it.
  public Account get(AccountId id) {
    return store.read(db ->
        db.createQuery("SELECT * FROM accounts WHERE id = :id")
            .bind("id", id.toString())
            .map((row, context) -> read(row))
            .one());
  }

  /// The account of that address or id, if there is one.
  public Optional<Account> find(String emailOrId) {
    return store.read(db -> find(db, emailOrId));
  }

  /// Gives the account another name or password, all or nothing; another password ends what it had
  /// logged in.
  ///
  /// @param name null to leave it
  /// @param password null to leave it
  /// @param but the authorization that stays, as it asks for this; null for none
  /// @throws UserError invalid_params, when the password is too weak or the name can't be
  public Account change(
      Account account, @Nullable String name, @Nullable Secret password, @Nullable UUID but) {
    requireName(name);
    var hash =
        password == null ? null : passwords.hash(password, new EmailAddress(account.email()));
    store.useTransaction(db -> {
      if (name != null) {
        touch(db, account.id(), "name = :value", name);
      }
      if (hash != null) {
        touch(db, account.id(), "password_hash = :value", hash);
        authorizations.removeLogins(db, account.id(), but);
      }
    });
    return get(account.id());
  }

  /// Removes the account with its tokens and keys; what it did is still told by its address.
  ///
  /// @param leave takes it out of its apps, in the same transaction; throws to keep it
  /// @throws UserError invalid_params, when it is the administrator's
  public void remove(Account account, BiConsumer<Handle, AccountId> leave) {
    if (account.administrator()) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS,
          "The administrator's account can't be removed: it has the key of this machine.");
    }
    store.useTransaction(db -> {
      leave.accept(db, account.id());
      authorizations.removeAll(db, account.id());
      sshKeys.removeAll(db, account.id());
      db.createUpdate(
              """
              UPDATE accounts SET password_hash = NULL, api_key_hash = :key, removed_at = :now
              WHERE id = :id\
              """)
          .bind("key", keyOfNobody())
          .bind("now", now().toString())
          .bind("id", account.id().toString())
          .execute();
    });
  }

  Optional<Account> byKey(Secret key) {
    return store.read(db ->
        db.createQuery("SELECT * FROM accounts WHERE api_key_hash = :hash AND removed_at IS NULL")
            .bind("hash", Tokens.hash(key))
            .map((row, context) -> read(row))
            .findOne());
  }

  Optional<String> passwordHash(String email) {
    return store.read(db ->
        db.createQuery(
                """
                SELECT password_hash FROM accounts
                WHERE email = :email AND password_hash IS NOT NULL AND removed_at IS NULL\
                """)
            .bind("email", email)
            .mapTo(String.class)
            .findOne());
  }

  void noteLogin(AccountId id) {
    store.useTransaction(db ->
        db.createUpdate("UPDATE accounts SET last_login = :now WHERE id = :id")
            .bind("now", now().toString())
            .bind("id", id.toString())
            .execute());
  }

  /// Only the machine's account has a key; each of the others has the hash of one that was never
  /// shown to anybody.
  private String keyOfNobody() {
    return Tokens.hash(tokens.next());
  }

  private void requireFree(EmailAddress email) {
    if (find(email.value()).isPresent()) {
      throw taken(email);
    }
  }

  private static UserError taken(EmailAddress email) {
    return new UserError(
        new Problem(
            ErrorCode.INVALID_PARAMS,
            email + " has an account already.",
            null,
            "./slipway users passwd " + email + " gives it another password."));
  }

  private static void requireName(@Nullable String name) {
    if (name != null
        && (name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl))) {
      throw UserError.of(
          ErrorCode.INVALID_PARAMS, "name must be one line of 255 characters at the most.");
    }
  }

  private void touch(Handle db, AccountId id, String assignment, String value) {
    db.createUpdate("UPDATE accounts SET " + assignment + ", updated_at = :now WHERE id = :id")
        .bind("value", value)
        .bind("now", now().toString())
        .bind("id", id.toString())
        .execute();
  }

  private static Optional<Account> find(Handle db, String emailOrId) {
    return db.createQuery(
            "SELECT * FROM accounts WHERE (email = :key OR id = :key) AND removed_at IS NULL")
        .bind("key", EmailAddress.normal(emailOrId))
        .map((row, context) -> read(row))
        .findOne();
  }

  private static Account read(ResultSet row) throws SQLException {
    var created = Instant.parse(row.getString("created_at"));
    @Nullable Instant updated = time(row, "updated_at");
    return new Account(
        AccountId.of(row.getString("id")),
        row.getString("email"),
        row.getString("name"),
        row.getBoolean("administrator"),
        created,
        updated == null ? created : updated,
        time(row, "last_login"));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    @Nullable String text = row.getString(column);
    return text == null ? null : Instant.parse(text);
  }

  private Instant now() {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS);
  }
}
