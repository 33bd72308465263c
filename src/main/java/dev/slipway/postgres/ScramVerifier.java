package dev.slipway.postgres;

import dev.slipway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// What a server keeps of a password so that it can check it and yet not tell it (RFC 5802, with
/// SHA-256 as in RFC 7677).
///
/// @param text as PostgreSQL writes it
record ScramVerifier(String text) {
  private static final int ITERATIONS = 4096;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BITS = 256;

  /// The login's, the same one each time, so that a server is told only what is new to it.
  /// Passwords here are random, so a salt that is known in advance helps nobody.
  static ScramVerifier of(Login login) {
    var digest = sha256(login.user().getBytes(StandardCharsets.UTF_8));
    return of(login.password(), Arrays.copyOf(digest, SALT_BYTES));
  }

  static ScramVerifier of(Secret password, byte[] salt) {
    try {
      var salted = salted(password, salt);
      return new ScramVerifier(
          "SCRAM-SHA-256$"
              + ITERATIONS
              + ":"
              + base64(salt)
              + "$"
              + base64(sha256(mac(salted, "Client Key")))
              + ":"
              + base64(mac(salted, "Server Key")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] salted(Secret password, byte[] salt) throws GeneralSecurityException {
    var spec = new PBEKeySpec(password.reveal().toCharArray(), salt, ITERATIONS, KEY_BITS);
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
  }

  private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
