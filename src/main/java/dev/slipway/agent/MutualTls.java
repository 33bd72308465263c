package dev.slipway.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// TLS between agent and control, in which both show a certificate of the installation's authority.
/// Only TLS 1.3 lets one direction end before the other. Thread-safe.
public final class MutualTls {
  /// The name that control's certificate, and no agent's, is good for.
  private static final String CONTROL = "localhost";

  private static final String[] VERSIONS = {"TLSv1.3"};
  private static final Pattern ARMOUR = Pattern.compile("-----[A-Z ]+-----");
  private static final Pattern AGENT = Pattern.compile("CN=([A-Za-z0-9]+),O=Slipway agent");
  private static final Duration HANDSHAKE = Duration.ofSeconds(5);

  private final SSLContext context;

  private MutualTls(SSLContext context) {
    this.context = context;
  }

  /// Reads PEM files.
  ///
  /// @param certificate one's own, those that vouch for it after it
  /// @param key its private key, as PKCS #8
  /// @param authority whose certificates the other side may show
  /// @throws IOException where a file is missing or can't be used
  public static MutualTls read(Path certificate, Path key, Path authority) throws IOException {
    try {
      var own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry(
          "own",
          privateKey(key),
          new char[0],
          certificates(certificate).toArray(Certificate[]::new));
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, new char[0]);
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (var each : certificates(authority)) {
        trusted.setCertificateEntry("authority", each);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return new MutualTls(context);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(certificate + " or " + key + " or " + authority + " is unusable", e);
    }
  }

  /// Speaks as an agent; the other side must be control.
  SSLSocket toControl(Socket raw) throws IOException {
    var socket =
        (SSLSocket) context.getSocketFactory().createSocket(raw, CONTROL, raw.getPort(), true);
    var parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(VERSIONS);
    socket.setSSLParameters(parameters);
    return shakenHands(socket);
  }

  /// Speaks as control; the other side must show a certificate.
  SSLSocket toAgent(Socket raw) throws IOException {
    @Nullable InputStream nothingReadYet = null;
    var socket = (SSLSocket) context.getSocketFactory().createSocket(raw, nothingReadYet, true);
    var parameters = socket.getSSLParameters();
    parameters.setNeedClientAuth(true);
    parameters.setProtocols(VERSIONS);
    socket.setSSLParameters(parameters);
    return shakenHands(socket);
  }

  private static SSLSocket shakenHands(SSLSocket socket) throws IOException {
    socket.setSoTimeout((int) HANDSHAKE.toMillis());
    socket.startHandshake();
    return socket;
  }

  /// The node that the other side has a certificate for.
  static String node(SSLSocket agent) throws IOException {
    var certificate = (X509Certificate) agent.getSession().getPeerCertificates()[0];
    var subject = AGENT.matcher(certificate.getSubjectX500Principal().getName());
    if (!subject.matches()) {
      throw new IOException("its certificate is not an agent's");
    }
    return subject.group(1);
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (var pem = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(pem);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    var text = ARMOUR.matcher(Files.readString(file)).replaceAll("");
    var bytes = Base64.getMimeDecoder().decode(text);
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(bytes));
  }
}
