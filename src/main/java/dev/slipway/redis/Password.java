package dev.slipway.redis;

import dev.slipway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;

/// A password that a server lets in.
///
/// @param madeAt when it was made; the newest is the one that apps get
record Password(Secret value, Instant madeAt) {
  private static final int BYTES = 32;

  /// A new one that nobody guesses.
  static Password create(Instant now) {
    return new Password(Secret.random(BYTES), now);
  }

  /// What the server keeps of it: enough to check it, and not the password.
  String hash() {
    try {
      var bytes = value.reveal().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
