package dev.slipway.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.util.List;
import org.junit.jupiter.api.Test;

class PasswordsTest {
  private static final EmailAddress ANN = new EmailAddress("ann@example.com");
  private static final Secret PASSWORD = new Secret("corréct horse 🐎");

  private final Passwords passwords = new Passwords();

  @Test
  void onlyThePasswordItselfFits() {
    var hash = passwords.hash(PASSWORD, ANN);
    assertTrue(hash.startsWith("$argon2id$v=19$m=19456,t=2,p=1$"), hash);
    assertTrue(passwords.fits(PASSWORD, hash));
    assertFalse(passwords.fits(new Secret("correct horse 🐎"), hash));
    assertFalse(passwords.fits(new Secret(""), hash));
    assertFalse(passwords.fits(PASSWORD, null));
    assertNotEquals(hash, passwords.hash(PASSWORD, ANN));
  }

  /// By the reference implementation: `echo -n "a password of old" | argon2 somesaltsomesalt -id -t
  /// 1 -k 1024 -p 1`. So hashes of another cost, or of another program, are read.
  @Test
  void aHashSaysHowItWasMade() {
    var hash =
        "$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21lc2FsdA"
            + "$QjXQrsHxsrmo8bpD61Uc93oLFMo7kHvYsBWXjXtshis";
    assertTrue(passwords.fits(new Secret("a password of old"), hash));
    assertFalse(passwords.fits(new Secret("a password of new"), hash));
  }

  @Test
  void weakPasswordsAreRefused() {
    for (var weak :
        List.of(
            "",
            "elevenchars",
            "x".repeat(1025),
            "abababababababab",
            "tab\tin the middle",
            "Ann@example.com")) {
      var refused =
          assertThrows(UserError.class, () -> passwords.hash(new Secret(weak), ANN), weak);
      assertEquals(ErrorCode.INVALID_PARAMS, refused.problem().code());
      assertFalse(!weak.isEmpty() && refused.problem().sentence().contains(weak), weak);
    }
  }

  @Test
  void addressesAreReadWithCare() {
    assertEquals("ann@example.com", new EmailAddress(" Ann@Example.COM ").value());
    assertEquals("admin@localhost", new EmailAddress("admin@localhost").value());
    for (var wrong :
        List.of(
            "",
            "@",
            "ann",
            "ann@",
            "@example.com",
            "a b@example.com",
            "a:b@example.com",
            "a/b@example.com",
            "a?b@example.com",
            "a@b@example.com",
            "a@-example.com",
            "a\n@b.com",
            "a@b..com",
            "ä@example.com",
            "x".repeat(300) + "@example.com")) {
      assertThrows(UserError.class, () -> new EmailAddress(wrong), wrong);
    }
  }
}
