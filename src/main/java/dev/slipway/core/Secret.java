package dev.slipway.core;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A value that must not reach a log, an error message or a terminal by accident: printing it gives
/// `[REDACTED]`, and only `reveal` gives the value.
public record Secret(String reveal) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// A new one that nobody guesses: so many random bytes, written in hexadecimal.
  public static Secret random(int bytes) {
    var random = new byte[bytes];
    RANDOM.nextBytes(random);
    return new Secret(HexFormat.of().formatHex(random));
  }

  /// Another secret for one purpose, always the same, from which this one can't be found out:
  /// HMAC-SHA256 (RFC 2104), in hexadecimal.
  public Secret derive(String purpose) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(reveal.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      var bytes = mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
      return new Secret(HexFormat.of().formatHex(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Whether that is the value. It takes as long for every text of the same length, so that nobody
  /// finds the value piece by piece.
  public boolean matches(String given) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), reveal.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
