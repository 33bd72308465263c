package dev.slipway.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A client of an attached command, by hand: each read gives one TLS record, which is what the
/// stock client takes for a piece.
record RawRendezvous(SSLSocket socket) implements AutoCloseable {
  /// Connects and says the secret.
  static RawRendezvous to(URI url, LocalCertificate certificate) throws Exception {
    var client = silent(url, certificate);
    client.send(url.getPath().substring(1) + "\r\n");
    return client;
  }

  /// Connects, and says nothing.
  static RawRendezvous silent(URI url, LocalCertificate certificate) throws Exception {
    var socket =
        (SSLSocket)
            trusting(certificate).getSocketFactory().createSocket("localhost", url.getPort());
    socket.setSoTimeout(20_000);
    return new RawRendezvous(socket);
  }

  /// One TLS record with that text.
  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
  }

  /// The next record's text; empty at the end.
  String next() throws IOException {
    var record = new byte[20_000];
    var count = socket.getInputStream().read(record);
    return count < 0 ? "" : new String(record, 0, count, UTF_8);
  }

  /// All that is left.
  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static SSLContext trusting(LocalCertificate certificate)
      throws GeneralSecurityException, IOException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (var file = Files.newInputStream(certificate.certificate())) {
      var own = CertificateFactory.getInstance("X.509").generateCertificate(file);
      trusted.setCertificateEntry("own", own);
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
