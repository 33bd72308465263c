package dev.slipway.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A real HTTP or HTTPS server that keeps what it is sent, and can be killed, hang, answer errors
/// and come back on the same port.
public final class HttpReceiver implements AutoCloseable {
  /// One request, with header names in lower case.
  public record Request(String path, Map<String, String> headers, String body) {}

  private final @Nullable SSLContext tls;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile int status = 200;
  private volatile @Nullable CountDownLatch hanging;
  private int port;
  private @Nullable HttpServer server;

  /// Listens on a free port of `localhost`; plain HTTP for null.
  public HttpReceiver(@Nullable SSLContext tls) {
    this.tls = tls;
    start();
  }

  /// Where it listens.
  public String url() {
    return (tls == null ? "http" : "https") + "://localhost:" + port;
  }

  /// What it took: requests that it answered with 200.
  public List<Request> requests() {
    return requests;
  }

  /// How many requests came, whatever it answered.
  public int asked() {
    return asked.get();
  }

  /// Answers with another status from now on.
  public void answer(int another) {
    status = another;
  }

  /// Takes requests and does not answer, until told to `wake`.
  public void hang() {
    hanging = new CountDownLatch(1);
  }

  /// Answers again.
  public void wake() {
    var waiting = hanging;
    hanging = null;
    if (waiting != null) {
      waiting.countDown();
    }
  }

  /// Comes up, or comes back on its port.
  public void start() {
    try {
      var address = new InetSocketAddress(InetAddress.getByName("localhost"), port);
      var fresh = tls == null ? HttpServer.create(address, 0) : HttpsServer.create(address, 0);
      if (fresh instanceof HttpsServer secure && tls != null) {
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      }
      fresh.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      fresh.createContext("/", this::receive);
      fresh.start();
      port = fresh.getAddress().getPort();
      server = fresh;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Goes, with all its connections.
  public void kill() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  @Override
  public void close() {
    wake();
    kill();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.incrementAndGet();
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var waiting = hanging;
      if (waiting != null) {
        waiting.await();
      }
      var now = status;
      if (now == 200) {
        requests.add(new Request(exchange.getRequestURI().toString(), headers(exchange), body));
      }
      if (now / 100 == 3) {
        exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
      }
      exchange.sendResponseHeaders(now, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, String> headers(HttpExchange exchange) {
    return exchange.getRequestHeaders().entrySet().stream()
        .collect(
            Collectors.toMap(
                header -> header.getKey().toLowerCase(java.util.Locale.ROOT),
                header -> header.getValue().getFirst()));
  }
}
