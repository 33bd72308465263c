package dev.slipway.store;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;

/// Encrypts what must not be readable in the database file or its backups, such as config vars.
/// AES-256-GCM by Tink; the keyset is a file of its own that only root reads. Thread-safe.
public final class Vault {
  private static final Configuration CIPHERS = AeadConfig2026.get();

  private final Aead aead;

  private Vault(Aead aead) {
    this.aead = aead;
  }

  /// Opens the keyset, or makes one where there is none.
  public static Vault open(Path keysetFile) {
    try {
      if (!Files.exists(keysetFile)) {
        create(keysetFile);
      }
      var keyset =
          TinkJsonProtoKeysetFormat.parseKeyset(
              Files.readString(keysetFile), CIPHERS, InsecureSecretKeyAccess.get());
      return new Vault(keyset.getPrimitive(CIPHERS, Aead.class));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the keyset " + keysetFile + " can't be used", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Encrypts the text.
  ///
  /// @param owner what the text belongs to; decryption asks for the same, so that one row's secret
  ///   can't be passed off as another's
  public byte[] seal(String text, String owner) {
    return seal(text.getBytes(StandardCharsets.UTF_8), owner);
  }

  /// Encrypts bytes.
  public byte[] seal(byte[] bytes, String owner) {
    try {
      return aead.encrypt(bytes, owner.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("encryption failed", e);
    }
  }

  /// Decrypts what `seal` gave for the same owner.
  public String unseal(byte[] sealed, String owner) {
    return new String(unsealBytes(sealed, owner), StandardCharsets.UTF_8);
  }

  /// Decrypts bytes.
  public byte[] unsealBytes(byte[] sealed, String owner) {
    try {
      return aead.decrypt(sealed, owner.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a sealed value does not belong to " + owner, e);
    }
  }

  /// Written beside its place and moved there, so that a crash leaves no half keyset.
  private static void create(Path file) throws IOException, GeneralSecurityException {
    var keyset = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, CIPHERS);
    var json =
        TinkJsonProtoKeysetFormat.serializeKeyset(keyset, CIPHERS, InsecureSecretKeyAccess.get());
    Files.createDirectories(file.toAbsolutePath().getParent());
    var fresh =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            "keyset",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, json);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
