package dev.slipway.certificates;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The authorities that Java trusts by itself. Thread-safe.
final class PublicAuthorities {
  private static final X509TrustManager TRUST = load();

  private PublicAuthorities() {}

  static boolean vouchFor(List<X509Certificate> chain) {
    try {
      TRUST.checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
      return true;
    } catch (CertificateException strangers) {
      return false;
    }
  }

  private static X509TrustManager load() {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      @Nullable KeyStore javasOwn = null;
      factory.init(javasOwn);
      return Arrays.stream(factory.getTrustManagers())
          .filter(X509TrustManager.class::isInstance)
          .map(X509TrustManager.class::cast)
          .findFirst()
          .orElseThrow();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
