package dev.slipway.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.accounts.Authorization.Maker;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import dev.slipway.store.Store;
import dev.slipway.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is let in, with what, for how long, and who has to wait.
class LoginsTest {
  private static final EmailAddress ANN = new EmailAddress("ann@example.com");
  private static final Secret PASSWORD = new Secret("correct horse battery");
  private static final Secret WRONG = new Secret("wrong horse battery");
  private static final String HERE = "127.0.0.1";

  private final ManualClock clock = new ManualClock();
  private final AtomicLong nanoTime = new AtomicLong();
  private @TempDir Path home;
  private Store store;
  private Accounts accounts;
  private Authorizations authorizations;
  private Logins logins;
  private Account ann;

  @BeforeEach
  void start() {
    store = Store.open(home.resolve("slipway.db"));
    accounts = new Accounts(store, clock);
    authorizations = accounts.authorizations();
    logins = new Logins(accounts, authorizations, new Passwords(), nanoTime::get);
    ann = accounts.add(ANN, "Ann", PASSWORD);
  }

  @AfterEach
  void stop() {
    store.close();
  }

  @Test
  void aTokenEndsWhenItsTimeIsOver() {
    var issued = issue(Maker.TOKEN, Duration.ofSeconds(60));
    assertEquals(ann.id(), logins.byToken(issued.token(), HERE).account().id());
    clock.pass(Duration.ofSeconds(59));
    assertTrue(logins.find(issued.token()).isPresent());
    clock.pass(Duration.ofSeconds(1));
    assertTrue(logins.find(issued.token()).isEmpty());
    assertTrue(authorizations.list(ann.id()).isEmpty());
    var again = authorizations.regenerate(issued.authorization());
    clock.pass(Duration.ofSeconds(59));
    assertTrue(logins.find(again.token()).isPresent());
    clock.pass(Duration.ofSeconds(1));
    issue(Maker.TOKEN, null);
    assertEquals(1, authorizationsKept());
  }

  @Test
  void aScriptWithAnOldPasswordLocksNobodyElseOut() {
    var bob = new EmailAddress("bob@example.com");
    accounts.add(bob, "Bob", PASSWORD);
    for (var tries = 0; tries < 200; tries++) {
      assertThrows(
          UserError.class, () -> logins.byPassword(ANN.value(), new Secret("wrong"), HERE));
    }
    assertEquals(bob.value(), logins.byPassword(bob.value(), PASSWORD, HERE).account().email());
  }

  @Test
  void aTokenThatCameAsItsAccountWentIsNone() {
    accounts.remove(ann, (db, id) -> {});
    var late = issue(Maker.TOKEN, null);
    assertTrue(logins.find(late.token()).isEmpty());
  }

  @Test
  void aNewTokenIsTheOnlyOne() {
    var issued = issue(Maker.TOKEN, null);
    var again = authorizations.regenerate(issued.authorization());
    assertTrue(logins.find(issued.token()).isEmpty());
    assertEquals(issued.authorization().id(), again.authorization().id());
    assertTrue(logins.find(again.token()).isPresent());
    authorizations.remove(again.authorization());
    assertTrue(logins.find(again.token()).isEmpty());
    assertThrows(UserError.class, () -> authorizations.regenerate(again.authorization()));
  }

  @Test
  void noTokenAndNoPasswordLiesInTheDatabase() {
    var issued = issue(Maker.TOKEN, null);
    var rows =
        store.read(db ->
            db.createQuery("SELECT * FROM authorizations").mapToMap().list().toString()
                + db.createQuery("SELECT * FROM accounts").mapToMap().list());
    assertTrue(rows.contains("$argon2id$"), rows);
    assertFalse(rows.contains(issued.token().reveal()));
    assertFalse(rows.contains(PASSWORD.reveal()));
    assertTrue(issued.token().reveal().length() > 50);
    var hint = issued.authorization().hint();
    assertTrue(hint.matches("slipway-.{4}\\*{10}.{4}"), hint);
  }

  @Test
  void aNewPasswordEndsLoginsButNotTokensForMachines() {
    var login = issue(Maker.PASSWORD, null);
    var asking = issue(Maker.BROWSER, null);
    var machine = issue(Maker.TOKEN, null);
    accounts.change(ann, null, new Secret("another horse battery"), asking.authorization().id());
    assertTrue(logins.find(login.token()).isEmpty());
    assertTrue(logins.find(asking.token()).isPresent());
    assertTrue(logins.find(machine.token()).isPresent());
    assertRefused(ErrorCode.UNAUTHORIZED, PASSWORD, HERE);
    logins.byPassword("ANN@example.com ", new Secret("another horse battery"), HERE);
  }

  @Test
  void guessingIsSlowedDownAndTheRightPasswordWorksAfterTheDelay() {
    for (var count = 0; count < 10; count++) {
      assertRefused(ErrorCode.UNAUTHORIZED, WRONG, HERE);
    }
    assertRefused(ErrorCode.RATE_LIMIT, PASSWORD, HERE);
    assertRefused(ErrorCode.RATE_LIMIT, PASSWORD, "192.0.2.7");
    nanoTime.addAndGet(Duration.ofSeconds(20).toNanos());
    assertEquals(ann.id(), logins.byPassword(ann.email(), PASSWORD, HERE).account().id());
    assertTrue(accounts.get(ann.id()).lastLogin() != null);
  }

  @Test
  void aClientCantGoThroughAllAddresses() {
    var refused = ErrorCode.UNAUTHORIZED;
    for (var count = 0; count < 60 && refused == ErrorCode.UNAUTHORIZED; count++) {
      var email = "nobody" + count + "@example.com";
      refused =
          assertThrows(UserError.class, () -> logins.byPassword(email, WRONG, HERE))
              .problem()
              .code();
    }
    assertEquals(ErrorCode.RATE_LIMIT, refused);
    assertEquals(ann.id(), logins.byPassword(ann.email(), PASSWORD, "192.0.2.7").account().id());
  }

  @Test
  void wrongTokensNeverKeepARightOneOut() {
    var issued = issue(Maker.TOKEN, null);
    @Nullable UserError refused = null;
    for (var count = 0; count < 101; count++) {
      var wrong = new Secret("slipway-" + count);
      refused = assertThrows(UserError.class, () -> logins.byToken(wrong, HERE));
    }
    assertTrue(refused != null && refused.problem().code() == ErrorCode.RATE_LIMIT);
    assertEquals(ann.id(), logins.byToken(issued.token(), HERE).account().id());
  }

  /// The median of some tries: without the work for nobody it would be a thousand times less.
  @Test
  void anUnknownAddressTakesAsLong() {
    var known = median(ann.email());
    var unknown = median("nobody@example.com");
    assertTrue(unknown > known / 3 && known > unknown / 3, known + " and " + unknown);
  }

  @Test
  void whoIsRemovedIsOutWithAllTokensAndComesBackAsAStranger() {
    var issued = issue(Maker.TOKEN, null);
    accounts.sshKeys().add(ann, SshKeyTest.ED25519);
    accounts.remove(ann, (_, _) -> {});
    assertTrue(logins.find(issued.token()).isEmpty());
    assertRefused(ErrorCode.UNAUTHORIZED, PASSWORD, HERE);
    assertTrue(accounts.find(ann.email()).isEmpty());
    assertEquals(ann.email(), accounts.get(ann.id()).email());
    var back = accounts.add(ANN, null, new Secret("a fresh horse battery"));
    assertRefused(ErrorCode.UNAUTHORIZED, PASSWORD, HERE);
    assertTrue(logins.find(issued.token()).isEmpty());
    assertTrue(accounts.sshKeys().list(back.id()).isEmpty());
    assertThrows(UserError.class, () -> accounts.add(ANN, null, PASSWORD));
  }

  /// Of two at once, one is told that the address is taken, and its password is worth nothing.
  @Test
  void anAddressIsGivenOnce() throws InterruptedException {
    var bob = new EmailAddress("bob@example.com");
    var added = new java.util.concurrent.atomic.AtomicInteger();
    var threads =
        java.util.stream.IntStream.range(0, 4)
            .mapToObj(number ->
                Thread.ofPlatform()
                    .start(() -> {
                      try {
                        accounts.add(bob, null, new Secret("password number " + number));
                        added.incrementAndGet();
                      } catch (UserError _) {
                        // another thread was first
                      }
                    }))
            .toList();
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(1, added.get());
  }

  private Authorizations.Issued issue(Maker maker, @Nullable Duration lifetime) {
    return authorizations.add(ann.id(), "test", Set.of(Scope.GLOBAL), maker, lifetime);
  }

  private void assertRefused(ErrorCode code, Secret password, String client) {
    var refused =
        assertThrows(UserError.class, () -> logins.byPassword(ann.email(), password, client));
    assertEquals(code, refused.problem().code());
    assertFalse(refused.problem().sentence().contains(password.reveal()));
  }

  private long median(String email) {
    return java.util.stream.LongStream.range(0, 5)
        .map(_ -> {
          nanoTime.addAndGet(Duration.ofMinutes(10).toNanos());
          var start = System.nanoTime();
          assertThrows(UserError.class, () -> logins.byPassword(email, WRONG, HERE));
          return System.nanoTime() - start;
        })
        .sorted()
        .toArray()[2];
  }

  private int authorizationsKept() {
    return store.read(
        db -> db.createQuery("SELECT count(*) FROM authorizations").mapTo(Integer.class).one());
  }
}
