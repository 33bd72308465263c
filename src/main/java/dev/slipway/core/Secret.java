package dev.slipway.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

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
