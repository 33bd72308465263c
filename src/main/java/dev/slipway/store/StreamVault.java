package dev.slipway.store;

import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import dev.slipway.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;

/// Encrypts what is too large to be held in memory, such as copies of databases. AES-256-GCM in
/// pieces by Tink: each is checked before it is given out, and so is that none is missing at the
/// end. Thread-safe.
public final class StreamVault {
  private static final int KEY_BYTES = 32;
  private static final int PIECE = 256 * 1024;

  private final StreamingAead cipher;

  /// Encrypts with a key that is derived from the secret.
  public StreamVault(Secret secret) {
    try {
      var key = HexFormat.of().parseHex(secret.derive("sealed streams").reveal());
      this.cipher = new AesGcmHkdfStreaming(key, "HmacSha256", KEY_BYTES, PIECE, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key can't be used", e);
    }
  }

  /// A stream that encrypts what is written to it. It has to be closed: without its end, what was
  /// written can't be read.
  ///
  /// @param owner what the content belongs to; whoever decrypts it names the same
  public OutputStream sealing(OutputStream to, String owner) throws IOException {
    try {
      return cipher.newEncryptingStream(to, owner.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("encryption failed", e);
    }
  }

  /// A stream of what was encrypted for the same owner. Reading fails where that is not whole, or
  /// the secret is another one.
  public InputStream unsealing(InputStream from, String owner) throws IOException {
    try {
      return cipher.newDecryptingStream(from, owner.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("decryption failed", e);
    }
  }
}
