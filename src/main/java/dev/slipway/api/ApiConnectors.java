package dev.slipway.api;

import io.javalin.config.JettyConfig;
import java.security.KeyStore;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/// The ports that the API listens on: plain HTTP, and HTTPS where there is a certificate.
final class ApiConnectors {
  /// The CLI collects request ids of a whole run in one header, up to about 7 KB.
  private static final int HEADER_BYTES = 64 * 1024;

  private static final long IDLE_MILLISECONDS = 120_000;

  private final ApiSettings settings;
  private @Nullable ServerConnector http;
  private @Nullable ServerConnector tls;

  ApiConnectors(ApiSettings settings) {
    this.settings = settings;
  }

  void configure(JettyConfig jetty) {
    jetty.modifyHttpConfiguration(ApiConnectors::beLenient);
    jetty.addConnector((server, configuration) -> {
      http = new ServerConnector(server, new HttpConnectionFactory(configuration));
      return listening(http, settings.httpPort());
    });
    var certificate = settings.certificate();
    var privateKey = settings.privateKey();
    if (certificate != null && privateKey != null) {
      jetty.addConnector((server, configuration) -> {
        tls = tlsConnector(server, configuration, PemFiles.read(certificate, privateKey));
        return listening(tls, settings.tlsPort());
      });
    }
  }

  /// The port of plain HTTP, once started.
  int httpPort() {
    return http == null ? -1 : http.getLocalPort();
  }

  /// The port of HTTPS, once started; -1 without it.
  int tlsPort() {
    return tls == null ? -1 : tls.getLocalPort();
  }

  /// Heroku's clients send encoded slashes in paths, raw brackets in queries, and, when they ask
  /// the image server what to release, a `Host` with two ports.
  private static void beLenient(HttpConfiguration configuration) {
    configuration.setUriCompliance(
        UriCompliance.LEGACY.with(
            "api",
            UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
            UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
            UriCompliance.Violation.ILLEGAL_PATH_CHARACTERS));
    configuration.setHttpCompliance(
        HttpCompliance.RFC9110.with("api", HttpCompliance.Violation.UNSAFE_HOST_HEADER));
    configuration.setRequestHeaderSize(HEADER_BYTES);
    configuration.setSendServerVersion(false);
  }

  private static ServerConnector listening(ServerConnector connector, int port) {
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLISECONDS);
    return connector;
  }

  private static ServerConnector tlsConnector(
      Server server, HttpConfiguration plain, KeyStore keys) {
    var secure = new HttpConfiguration(plain);
    secure.addCustomizer(new SecureRequestCustomizer(false));
    var ssl = new SslContextFactory.Server();
    ssl.setKeyStore(keys);
    ssl.setKeyStorePassword(PemFiles.PASSWORD);
    return new ServerConnector(
        server, new SslConnectionFactory(ssl, "http/1.1"), new HttpConnectionFactory(secure));
  }
}
