package dev.slipway.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Sends requests over keep-alive connections and never sends one twice. For many threads.
final class LoadClient implements AutoCloseable {
  private static final Timeout CONNECT = Timeout.ofSeconds(5);

  /// A connection idle for longer is checked for the server's close before it is used, as browsers
  /// do; without that, a polite close would count as a loss.
  private static final TimeValue CHECK_AFTER = TimeValue.ofMilliseconds(200);

  private final HttpHost target;
  private final @Nullable URIAuthority authority;
  private final CloseableHttpClient client;

  LoadClient(LoadPlan plan) {
    target = HttpHost.create(origin(plan.target()));
    authority = plan.host() == null ? null : authority(plan.host());
    client = client(plan.connections(), plan.timeout());
  }

  /// Sends the request, reads the whole answer and says how it ended.
  Outcome send(LoadPlan.Request request, String requestId) {
    try {
      return client.execute(target, message(request, requestId), LoadClient::read);
    } catch (IOException failure) {
      return new Outcome.Lost(reason(failure));
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException closing) {
      throw new UncheckedIOException(closing);
    }
  }

  private ClassicHttpRequest message(LoadPlan.Request request, String requestId) {
    var message = new BasicClassicHttpRequest(request.method(), request.path());
    message.setHeader("X-Request-Id", requestId);
    if (authority != null) {
      message.setAuthority(authority);
    }
    if (request.body() != null) {
      message.setEntity(new StringEntity(request.body(), ContentType.APPLICATION_JSON));
    }
    return message;
  }

  private static Outcome read(ClassicHttpResponse response) throws IOException, HttpException {
    EntityUtils.consume(response.getEntity());
    var status = response.getCode();
    return status >= 200 && status < 300
        ? new Outcome.Answered()
        : new Outcome.Lost("HTTP " + status);
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case SocketTimeoutException late -> "timed out: " + late.getMessage();
      case ConnectException refused -> "can't connect: " + refused.getMessage();
      default -> failure.getClass().getSimpleName() + ": " + failure.getMessage();
    };
  }

  private static CloseableHttpClient client(int connections, Duration timeout) {
    var pool =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnPerRoute(connections)
            .setMaxConnTotal(connections)
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(CONNECT)
                    .setSocketTimeout(Timeout.of(timeout))
                    .setValidateAfterInactivity(CHECK_AFTER)
                    .build())
            .build();
    return HttpClients.custom()
        .setConnectionManager(pool)
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setResponseTimeout(Timeout.of(timeout))
                .setProtocolUpgradeEnabled(false)
                .build())
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableContentCompression()
        .disableAuthCaching()
        .setUserAgent("slipway-load")
        .build();
  }

  private static URIAuthority authority(String host) {
    try {
      return URIAuthority.create(host);
    } catch (URISyntaxException wrong) {
      throw new IllegalArgumentException("not a Host header: " + host, wrong);
    }
  }

  private static URI origin(URI target) {
    return URI.create(target.getScheme() + "://" + target.getRawAuthority());
  }
}
