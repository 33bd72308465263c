package dev.slipway.accounts;

import dev.slipway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/// Makes tokens: 256 random bits after a word that says whose they are, for people and for programs
/// that look for leaked ones. Stored as one SHA-256: there is nothing to guess that a slow hash
/// would protect. Thread-safe.
final class Tokens {
  private static final String PREFIX = "slipway-";
  private static final int BYTES = 32;
  private static final int SHOWN = 4;

  /// Just so many: the stock client looks for ten when it compares its token with one shown.
  private static final String HIDDEN = "*".repeat(10);

  private final SecureRandom random = new SecureRandom();

  Secret next() {
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new Secret(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  static String hint(Secret token) {
    var text = token.reveal();
    return text.substring(0, PREFIX.length() + SHOWN)
        + HIDDEN
        + text.substring(text.length() - SHOWN);
  }

  static String hash(Secret token) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(token.reveal().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
