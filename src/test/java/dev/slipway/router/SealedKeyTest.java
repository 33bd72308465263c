package dev.slipway.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.slipway.core.Secret;
import dev.slipway.testing.TestAuthority;
import java.io.IOException;
import java.io.StringReader;
import java.util.Base64;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.junit.jupiter.api.Test;

/// A key that was sealed for a router opens with that router's token alone.
class SealedKeyTest {
  @Test
  void onlyTheTokenOpensIt() throws Exception {
    var key = TestAuthority.ec("secp256r1").getPrivate().getEncoded();
    var text = new Secret(Base64.getEncoder().encodeToString(key));
    var sealed = SealedKey.pem(text, new Secret("let-me-in"));
    assertFalse(sealed.contains(text.reveal().substring(40, 80)));
    assertArrayEquals(key, open(sealed, "let-me-in"));
    assertThrows(PKCSException.class, () -> open(sealed, "let-me-out"));
  }

  private static byte[] open(String pem, String password)
      throws IOException, OperatorCreationException, PKCSException {
    try (var parser = new PEMParser(new StringReader(pem))) {
      var decryptor = new JceOpenSSLPKCS8DecryptorProviderBuilder().build(password.toCharArray());
      return ((PKCS8EncryptedPrivateKeyInfo) parser.readObject())
          .decryptPrivateKeyInfo(decryptor)
          .getEncoded();
    }
  }
}
