package dev.slipway.accounts;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.jspecify.annotations.Nullable;

/// A public key of a person's, in OpenSSH's one line: type, key in base64, comment.
///
/// @param fingerprint `SHA256:` and the hash in base64, as `ssh-keygen -l` prints it
public record SshKey(
    UUID id, String fingerprint, String publicKey, String comment, Instant createdAt) {
  private static final int LONGEST_LINE = 16 * 1024;
  private static final int LONGEST_COMMENT = 255;
  private static final int SHORTEST_RSA = 2048;
  private static final Set<String> TYPES =
      Set.of(
          "ssh-ed25519",
          "ssh-rsa",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521");

  /// Reads the content of a `.pub` file.
  ///
  /// @param comment what stands for a comment where there is none
  /// @throws UserError invalid_params, when it is no key that this installation takes
  static SshKey parse(String line, String comment, Instant now) {
    if (line.contains("PRIVATE KEY")) {
      throw refused(
          "that is a private key, which stays with you",
          "Send the file that ends in .pub. If others saw the private key, make a new one.");
    }
    var parts = line.strip().split("[ \\t]+", 3);
    if (line.length() > LONGEST_LINE || parts.length < 2 || line.strip().lines().count() > 1) {
      throw unreadable();
    }
    if (!TYPES.contains(parts[0])) {
      throw refused(
          "its type is not one of " + String.join(", ", TYPES.stream().sorted().toList()),
          "ssh-keygen -t ed25519 makes a key that is.");
    }
    var blob = decode(parts[1]);
    requireKey(parts[0], blob);
    var said = parts.length < 3 ? comment : parts[2].strip();
    if (said.length() > LONGEST_COMMENT || said.chars().anyMatch(Character::isISOControl)) {
      throw refused("its comment is not one line of 255 characters at the most", null);
    }
    return new SshKey(
        UUID.randomUUID(), fingerprint(blob), parts[0] + " " + parts[1] + " " + said, said, now);
  }

  /// The text in the line says what the key is; the key must be that.
  private static void requireKey(String type, byte[] blob) {
    if (!type.equals(typeOf(blob))) {
      throw unreadable();
    }
    try {
      var key = OpenSSHPublicKeyUtil.parsePublicKey(blob);
      if (key instanceof RSAKeyParameters rsa && rsa.getModulus().bitLength() < SHORTEST_RSA) {
        throw refused("an RSA key must have 2048 bits or more", "ssh-keygen -t ed25519 makes one.");
      }
    } catch (RuntimeException e) {
      throw e instanceof UserError known ? known : unreadable();
    }
  }

  /// Of RFC 4253, section 6.6: a length of four bytes and the type's name come first.
  private static @Nullable String typeOf(byte[] blob) {
    if (blob.length < 4) {
      return null;
    }
    var length = ByteBuffer.wrap(blob).getInt();
    return length < 0 || length > blob.length - 4
        ? null
        : new String(blob, 4, length, StandardCharsets.US_ASCII);
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw unreadable();
    }
  }

  private static String fingerprint(byte[] blob) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(blob);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static UserError unreadable() {
    return refused(
        "public_key must be one line of type, key and comment", "Send a file that ends in .pub.");
  }

  private static UserError refused(String why, @Nullable String hint) {
    return new UserError(
        new Problem(ErrorCode.INVALID_PARAMS, "That SSH key can't be taken", why, hint));
  }
}
