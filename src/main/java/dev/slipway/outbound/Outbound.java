package dev.slipway.outbound;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Connections to targets. Each goes to an address that was checked for it, so that a name which
/// leads elsewhere by now gains nothing; redirects are not followed; nothing takes longer than its
/// limit, whatever the other side does. Thread-safe.
public final class Outbound implements AutoCloseable {
  /// How long a connection may take, and then each answer.
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  /// A server may have to put together first what it sends.
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

  private static final Duration LONGEST_POST = PATIENCE.multipliedBy(2);
  private static final int MOST_CONNECTIONS = 2000;
  private static final int MOST_OF_A_TARGET = 20;
  private static final int MOST_READ = 64 * 1024;

  /// What only those installations need that send or fetch something by HTTP.
  private record Clients(
      SSLContext tls, CloseableHttpClient encrypted, CloseableHttpClient plain) {}

  private final Targets targets;
  private final @Nullable Path authorities;
  private @Nullable Clients clients;

  /// Connections to what the targets allow.
  ///
  /// @param authorities a PEM file of certificate authorities besides those that Java knows, or
  ///   null
  public Outbound(Targets targets, @Nullable Path authorities) {
    this.targets = targets;
    this.authorities = authorities;
    if (authorities != null) {
      clients(); // A file that can't be read is found now rather than at the first delivery.
    }
  }

  /// Which targets are allowed.
  public Targets targets() {
    return targets;
  }

  /// Sends the body to an HTTP or HTTPS target and gives the status of the answer. Credentials of
  /// the URL are sent, unless the headers have others.
  ///
  /// @throws IOException when there is no answer within 10 s, or no connection
  public int post(Target target, Map<String, String> headers, byte[] body) throws IOException {
    var request = new HttpPost("/");
    target.authorization().ifPresent(value -> request.setHeader("Authorization", value));
    headers.forEach(request::setHeader);
    request.setEntity(new ByteArrayEntity(body, null));
    return send(target, request, LONGEST_POST, Outbound::status);
  }

  /// Fetches what lies at an HTTP or HTTPS target. Credentials of the URL are sent.
  ///
  /// @param limit for all of it, until the reader is done
  /// @param reader gets the answer, whatever its status
  /// @throws IOException when it breaks off, takes longer, or there is no connection
  public <T> T get(Target target, Duration limit, AnswerReader<T> reader) throws IOException {
    var request = new HttpGet("/");
    target.authorization().ifPresent(value -> request.setHeader("Authorization", value));
    request.setConfig(
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(PATIENCE))
            .setResponseTimeout(Timeout.of(LONGEST_SILENCE))
            .build());
    return send(target, request, limit, answer -> reader.read(Answer.of(answer)));
  }

  private interface Reading<T> {
    T of(ClassicHttpResponse answer) throws IOException;
  }

  private <T> T send(Target target, HttpUriRequestBase request, Duration limit, Reading<T> reading)
      throws IOException {
    // A path given to a request's constructor is read as a URI: after two slashes, as a host.
    request.setPath(target.path());
    var host = new HttpHost(target.scheme(), target.host(), target.port());
    var client = target.encrypted() ? clients().encrypted() : clients().plain();
    try (var _ = new Limit(limit, request::abort);
        var answer = client.executeOpen(host, request, null)) {
      return reading.of(answer);
    }
  }

  /// Connects to a target, with TLS where its scheme says so, and checks its certificate.
  public Connection connect(Target target) throws IOException {
    IOException failure = new UnknownHostException();
    for (var address : targets.addresses(target.host(), target.encrypted())) {
      try {
        return connect(target, address);
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private Connection connect(Target target, InetAddress address) throws IOException {
    var socket = new Socket();
    try (var _ = new Limit(LONGEST_POST, socket::close)) {
      socket.connect(
          new InetSocketAddress(address, target.port()), Math.toIntExact(PATIENCE.toMillis()));
      return new Connection(socket, target.encrypted() ? encrypt(socket, target) : socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    if (clients != null) {
      clients.encrypted().close(CloseMode.IMMEDIATE);
      clients.plain().close(CloseMode.IMMEDIATE);
    }
  }

  private synchronized Clients clients() {
    var there = clients;
    if (there == null) {
      var tls = Authorities.context(authorities);
      there = new Clients(tls, client(tls, true), client(tls, false));
      clients = there;
    }
    return there;
  }

  private SSLSocket encrypt(Socket socket, Target target) throws IOException {
    var tls = clients().tls();
    var secure =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, target.host(), target.port(), true);
    var parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }

  /// What an answer says beside its status is of no use, but lets the connection be kept; one that
  /// does not end is cut off.
  private static int status(ClassicHttpResponse answer) throws IOException {
    if (answer.getEntity() != null) {
      answer.getEntity().getContent().readNBytes(MOST_READ);
    }
    return answer.getCode();
  }

  private CloseableHttpClient client(SSLContext tls, boolean onlyEncrypted) {
    var patience = Timeout.of(PATIENCE);
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDnsResolver(new CheckedNames(targets, onlyEncrypted))
            .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls))
            .setMaxConnTotal(MOST_CONNECTIONS)
            .setMaxConnPerRoute(MOST_OF_A_TARGET)
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(patience)
                    .setSocketTimeout(patience)
                    .setTimeToLive(1, TimeUnit.MINUTES)
                    .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                    .build())
            .build();
    return HttpClients.custom()
        .setConnectionManager(connections)
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(patience)
                .setResponseTimeout(patience)
                .build())
        .setUserAgent("Slipway")
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .evictIdleConnections(TimeValue.ofMinutes(1))
        .build();
  }

  private record CheckedNames(Targets targets, boolean encrypted) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return targets.addresses(host, encrypted);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
