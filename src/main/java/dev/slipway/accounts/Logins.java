package dev.slipway.accounts;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Tells who comes, by token or by password, and slows down whoever guesses. A right token is never
/// made to wait, since nobody guesses one; a right password is, while its account is under attack.
/// Thread-safe.
public final class Logins {
  private final Accounts accounts;
  private final Authorizations authorizations;
  private final Passwords passwords;
  private final Throttle wrongPasswords;
  private final Throttle wrongPasswordsOfClient;
  private final Throttle wrongTokensOfClient;

  Logins(
      Accounts accounts,
      Authorizations authorizations,
      Passwords passwords,
      LongSupplier nanoTime) {
    this.accounts = accounts;
    this.authorizations = authorizations;
    this.passwords = passwords;
    this.wrongPasswords = new Throttle(10, Duration.ofSeconds(20), nanoTime);
    this.wrongPasswordsOfClient = new Throttle(50, Duration.ofSeconds(2), nanoTime);
    this.wrongTokensOfClient = new Throttle(100, Duration.ofSeconds(1), nanoTime);
  }

  /// Who has this token, or the machine's key.
  ///
  /// @param client the address that it comes from
  /// @throws UserError unauthorized, when nobody has; rate_limit, when the client tried too many
  public Caller byToken(Secret token, String client) {
    return find(token)
        .orElseGet(() -> {
          wrongTokensOfClient.take(client);
          throw wrong();
        });
  }

  /// Who has this token, or the machine's key, if anybody has.
  Optional<Caller> find(Secret token) {
    return authorizations
        .byToken(token)
        .map(found -> new Caller(accounts.get(found.account()), found.scopes(), found.id(), token))
        .or(() ->
            accounts
                .byKey(token)
                .map(account -> new Caller(account, Set.of(Scope.GLOBAL), null, token)));
  }

  /// Who has this address and password; a token, or the machine's key, may stand for the password.
  /// It takes as long for an address that nobody has.
  ///
  /// @param client the address that it comes from
  /// @throws UserError unauthorized, when nobody has; rate_limit, when there were too many tries
  public Caller byPassword(String email, Secret password, String client) {
    return find(password).orElseGet(() -> byPasswordAlone(email, password, client));
  }

  private Caller byPasswordAlone(String email, Secret password, String client) {
    var address = EmailAddress.normal(email);
    if (!isPassword(address, password, client)) {
      throw wrong();
    }
    var account = accounts.find(address).orElseThrow(Logins::wrong);
    accounts.noteLogin(account.id());
    return new Caller(account, Set.of(Scope.GLOBAL), null, null);
  }

  /// Whether that is the account's password; a wrong one counts as a failed login.
  public boolean isPassword(String email, Secret password, String client) {
    var shortened = email.substring(0, Math.min(email.length(), EmailAddress.LONGEST));
    book(client, shortened);
    if (!fits(email, password, client, shortened)) {
      return false;
    }
    wrongPasswordsOfClient.giveBack(client);
    wrongPasswords.giveBack(shortened);
    return true;
  }

  /// A try at an account that has none left is not looked at, so it costs its client none: a script
  /// that has an old password would lock out all who share its address.
  private void book(String client, String account) {
    wrongPasswordsOfClient.take(client);
    try {
      wrongPasswords.take(account);
    } catch (UserError slowedDown) {
      wrongPasswordsOfClient.giveBack(client);
      throw slowedDown;
    }
  }

  /// A try that could not be looked at, as too many came at once, was not wrong.
  private boolean fits(String email, Secret password, String client, String account) {
    try {
      return password.reveal().length() <= Passwords.LONGEST
          && passwords.fits(password, accounts.passwordHash(email).orElse(null));
    } catch (UserError busy) {
      wrongPasswordsOfClient.giveBack(client);
      wrongPasswords.giveBack(account);
      throw busy;
    }
  }

  private static UserError wrong() {
    return new UserError(
        new Problem(
            ErrorCode.UNAUTHORIZED,
            "Invalid credentials provided.",
            null,
            "heroku login asks for address and password; the key of this machine is printed by:"
                + " ./slipway env"));
  }
}
