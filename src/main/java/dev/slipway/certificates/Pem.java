package dev.slipway.certificates;

import java.io.IOException;
import java.io.StringReader;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/// What a PEM text holds.
///
/// @param certificates in the text's order, each once
/// @param keys private keys in the clear
/// @param sealedKeys how many private keys ask for a password
/// @param unreadable whether some block can't be read, after which the rest is left out
record Pem(
    List<X509Certificate> certificates,
    List<PrivateKeyInfo> keys,
    int sealedKeys,
    boolean unreadable) {
  static Pem read(String text) {
    var certificates = new ArrayList<X509Certificate>();
    var keys = new ArrayList<PrivateKeyInfo>();
    var sealed = 0;
    var unreadable = false;
    try (var parser = new PEMParser(new StringReader(text))) {
      for (var object = parser.readObject(); object != null; object = parser.readObject()) {
        switch (object) {
          case X509CertificateHolder holder -> add(certificates, holder);
          case X509TrustedCertificateBlock block -> add(certificates, block.getCertificateHolder());
          case PrivateKeyInfo key -> keys.add(key);
          case PEMKeyPair pair -> keys.add(pair.getPrivateKeyInfo());
          case PEMEncryptedKeyPair _ -> sealed++;
          case PKCS8EncryptedPrivateKeyInfo _ -> sealed++;
          default -> {} // such as the parameters that OpenSSL writes before an EC key
        }
      }
    } catch (IOException | CertificateException | RuntimeException malformed) {
      // The parser throws whatever its decoders throw. Its words may quote the text, which may be a
      // key: they are shown to nobody.
      unreadable = true;
    }
    return new Pem(List.copyOf(certificates), List.copyOf(keys), sealed, unreadable);
  }

  private static void add(List<X509Certificate> certificates, X509CertificateHolder holder)
      throws CertificateException {
    var certificate = new JcaX509CertificateConverter().getCertificate(holder);
    if (!certificates.contains(certificate)) {
      certificates.add(certificate);
    }
  }
}
