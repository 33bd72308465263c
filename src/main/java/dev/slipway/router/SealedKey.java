package dev.slipway.router;

import dev.slipway.core.Secret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/// A private key that only who has a router's token can read: encrypted PKCS #8 (PBES2, RFC 8018)
/// as PEM, which OpenSSL reads as it is.
final class SealedKey {
  private static final String CIPHER = "PBEWithHmacSHA256AndAES_256";

  /// Few, because a token is random and long: there is nothing to guess.
  private static final int ITERATIONS = 1000;

  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SealedKey() {}

  /// Seals a key.
  ///
  /// @param key PKCS #8 in Base64
  static String pem(Secret key, Secret token) {
    try {
      var salt = new byte[SALT_BYTES];
      RANDOM.nextBytes(salt);
      var cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          Cipher.ENCRYPT_MODE,
          SecretKeyFactory.getInstance(CIPHER)
              .generateSecret(new PBEKeySpec(token.reveal().toCharArray())),
          new PBEParameterSpec(salt, ITERATIONS));
      var sealed = cipher.doFinal(Base64.getDecoder().decode(key.reveal()));
      var how =
          new AlgorithmIdentifier(
              PKCSObjectIdentifiers.id_PBES2,
              ASN1Primitive.fromByteArray(cipher.getParameters().getEncoded()));
      var der = new EncryptedPrivateKeyInfo(how, sealed).getEncoded();
      return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
          + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a key can't be sealed", e);
    }
  }
}
