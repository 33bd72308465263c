package dev.slipway.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.slipway.core.Secret;
import dev.slipway.testing.TestAuthority;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;

/// A key that was sealed for a router opens with that router's token alone.
class SealedKeyTest {
  private static final String CIPHER = "PBEWithHmacSHA256AndAES_256";

  @Test
  void onlyTheTokenOpensIt() throws Exception {
    var key = TestAuthority.ec("secp256r1").getPrivate().getEncoded();
    var text = new Secret(Base64.getEncoder().encodeToString(key));
    var sealed = SealedKey.pem(text, new Secret("let-me-in"));
    assertFalse(sealed.contains(text.reveal().substring(40, 80)));
    assertArrayEquals(key, open(sealed, "let-me-in"));
    assertThrows(GeneralSecurityException.class, () -> open(sealed, "let-me-out"));
  }

  private static byte[] open(String pem, String password)
      throws GeneralSecurityException, IOException {
    var base64 = pem.lines().filter(line -> !line.startsWith("-")).collect(Collectors.joining());
    var sealed = new EncryptedPrivateKeyInfo(Base64.getDecoder().decode(base64));
    var secret =
        SecretKeyFactory.getInstance(CIPHER).generateSecret(new PBEKeySpec(password.toCharArray()));
    var cipher = Cipher.getInstance(CIPHER);
    cipher.init(Cipher.DECRYPT_MODE, secret, sealed.getAlgParameters());
    return sealed.getKeySpec(cipher).getEncoded();
  }
}
