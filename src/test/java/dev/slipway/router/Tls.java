package dev.slipway.router;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// A TLS client that says which host it wants.
final class Tls {
  private final SSLContext context;
  private final boolean checks;

  private Tls(TrustManager[] trust, boolean checks) throws GeneralSecurityException {
    this.context = SSLContext.getInstance("TLS");
    this.context.init(null, trust, null);
    this.checks = checks;
  }

  /// What one handshake and request came to.
  ///
  /// @param since when the session began, in milliseconds since 1970: earlier when it was resumed
  record Answer(X509Certificate certificate, String protocol, long since, String text) {
    String subject() {
      return certificate.getSubjectX500Principal().getName();
    }
  }

  /// Trusts what this authority signed, and checks the host's name.
  static Tls trusting(String authority) throws GeneralSecurityException, IOException {
    var certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(authority.getBytes(StandardCharsets.US_ASCII)));
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("authority", certificate);
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return new Tls(factory.getTrustManagers(), true);
  }

  /// Trusts anybody.
  static Tls trustingAll() throws GeneralSecurityException {
    return new Tls(new TrustManager[] {new Anybody()}, false);
  }

  /// Gets `/` on a connection of its own.
  Answer get(int port, String host, String... protocols) throws IOException {
    try (var plain = new Socket(InetAddress.getLoopbackAddress(), port);
        var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
      plain.setSoTimeout(20_000);
      var parameters = socket.getSSLParameters();
      if (checks) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
      }
      if (protocols.length > 0) {
        parameters.setProtocols(protocols);
      }
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      var request = Wire.request("GET", host, "/", "", "Connection: close");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      var text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      var session = socket.getSession();
      return new Answer(
          (X509Certificate) session.getPeerCertificates()[0],
          session.getProtocol(),
          session.getCreationTime(),
          text);
    }
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate @Nullable [] chain, @Nullable String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate @Nullable [] chain, @Nullable String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
