package dev.slipway.accounts;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Secret;
import dev.slipway.core.UserError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/// Hashes passwords with Argon2id (RFC 9106) and writes them in its usual form,
/// `$argon2id$v=19$m=..,t=..,p=..$salt$hash`, so that each hash says how it was made. One at a
/// time: each takes 19 MiB of a small heap. Thread-safe.
final class Passwords {
  static final int SHORTEST = 12;
  static final int LONGEST = 1024;

  /// OWASP's advice for machines with little memory.
  private static final Cost COST = new Cost(19 * 1024, 2, 1);

  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int PATIENCE_SECONDS = 10;
  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  private record Cost(int kibibytes, int passes, int lanes) {}

  private final SecureRandom random = new SecureRandom();
  private final Semaphore turn = new Semaphore(1, true);

  /// What is compared where there is no hash: it takes as long, and no password fits it.
  private final String nobody = write(COST, bytes(SALT_BYTES), bytes(HASH_BYTES));

  /// Hashes a new password.
  ///
  /// @throws UserError invalid_params, when it is too short, too long or the address itself
  String hash(Secret password, EmailAddress email) {
    requireStrong(password, email);
    var salt = bytes(SALT_BYTES);
    return write(COST, salt, derive(password, COST, salt, HASH_BYTES));
  }

  /// Whether that is the password. Takes as long where there is none.
  ///
  /// @param hash null for an account without a password, or for no account
  boolean fits(Secret password, @Nullable String hash) {
    var stored = FORM.matcher(hash == null ? nobody : hash);
    if (!stored.matches()) {
      throw new IllegalStateException("a password's hash can't be read");
    }
    var cost =
        new Cost(
            Integer.parseInt(stored.group(1)),
            Integer.parseInt(stored.group(2)),
            Integer.parseInt(stored.group(3)));
    var expected = Base64.getDecoder().decode(stored.group(5));
    var salt = Base64.getDecoder().decode(stored.group(4));
    return MessageDigest.isEqual(expected, derive(password, cost, salt, expected.length));
  }

  private static void requireStrong(Secret password, EmailAddress email) {
    var text = password.reveal();
    if (text.length() < SHORTEST || text.length() > LONGEST) {
      throw invalid("The password must have %d to %d characters.".formatted(SHORTEST, LONGEST));
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw invalid("The password must not hold control characters.");
    }
    if (text.chars().distinct().count() < 4 || text.equalsIgnoreCase(email.value())) {
      throw invalid("That password is too easy to guess.");
    }
  }

  private byte[] derive(Secret password, Cost cost, byte[] salt, int length) {
    takeTurn();
    try {
      var generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(cost.kibibytes())
              .withIterations(cost.passes())
              .withParallelism(cost.lanes())
              .withSalt(salt)
              .build());
      var derived = new byte[length];
      generator.generateBytes(password.reveal().getBytes(StandardCharsets.UTF_8), derived);
      return derived;
    } finally {
      turn.release();
    }
  }

  private void takeTurn() {
    try {
      if (!turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw UserError.of(
            ErrorCode.RATE_LIMIT, "Too many logins at once. Try again in a few seconds.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private byte[] bytes(int count) {
    var bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String write(Cost cost, byte[] salt, byte[] hash) {
    var base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            cost.kibibytes(),
            cost.passes(),
            cost.lanes(),
            base64.encodeToString(salt),
            base64.encodeToString(hash));
  }

  private static UserError invalid(String what) {
    return UserError.of(ErrorCode.INVALID_PARAMS, what);
  }
}
