package dev.slipway.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// A certificate and its key from PEM files, for whoever speaks TLS.
public final class PemFiles {
  /// The key store is in memory only and needs no password.
  static final String PASSWORD = "";

  private static final String ALIAS = "api";

  private PemFiles() {}

  /// What a server needs to speak TLS with the certificate.
  public static SSLContext serverContext(Path certificate, Path privateKey) {
    try {
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(read(certificate, privateKey), PASSWORD.toCharArray());
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the certificate " + certificate + " can't be used", e);
    }
  }

  static KeyStore read(Path certificate, Path privateKey) {
    try (var chain = Files.newInputStream(certificate)) {
      var certificates = CertificateFactory.getInstance("X.509").generateCertificates(chain);
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          ALIAS, key(privateKey), PASSWORD.toCharArray(), certificates.toArray(new Certificate[0]));
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the certificate " + certificate + " can't be used", e);
    }
  }

  private static PrivateKey key(Path file) throws IOException {
    try (var parser = new PEMParser(Files.newBufferedReader(file))) {
      var converter = new JcaPEMKeyConverter();
      return switch (parser.readObject()) {
        case PrivateKeyInfo info -> converter.getPrivateKey(info);
        case PEMKeyPair pair -> converter.getPrivateKey(pair.getPrivateKeyInfo());
        case null, default -> throw new IOException(file + " holds no private key");
      };
    }
  }
}
