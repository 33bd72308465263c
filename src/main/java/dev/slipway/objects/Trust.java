package dev.slipway.objects;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whom a client of a store trusts: the authorities that Java knows, and others in PEM.
final class Trust {
  private Trust() {}

  /// @throws GeneralSecurityException when the text holds no certificates
  static TrustManager[] with(String pem) throws GeneralSecurityException, IOException {
    var all = KeyStore.getInstance(KeyStore.getDefaultType());
    all.load(null, null);
    var number = 0;
    for (var manager : managers(null)) {
      if (manager instanceof X509TrustManager usual) {
        for (var authority : usual.getAcceptedIssuers()) {
          all.setCertificateEntry("usual-" + number++, authority);
        }
      }
    }
    var text = new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    var own = CertificateFactory.getInstance("X.509").generateCertificates(text);
    for (var authority : new ArrayList<>(own)) {
      all.setCertificateEntry("own-" + number++, authority);
    }
    return managers(all).toArray(TrustManager[]::new);
  }

  private static List<TrustManager> managers(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return List.of(factory.getTrustManagers());
  }
}
