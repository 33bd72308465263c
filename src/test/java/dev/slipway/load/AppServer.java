package dev.slipway.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A real HTTP server on loopback that notes what reaches it.
final class AppServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> requestIds = new CopyOnWriteArrayList<>();
  private final List<String> hosts = new CopyOnWriteArrayList<>();

  AppServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.setExecutor(threads);
    server.start();
  }

  /// What to do with a request to a path, once its body was read and its id noted.
  interface Handler {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  AppServer on(String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          requestIds.add(exchange.getRequestHeaders().getFirst("X-Request-Id"));
          hosts.add(exchange.getRequestHeaders().getFirst("Host"));
          try {
            handler.answer(exchange);
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          } finally {
            exchange.close();
          }
        });
    return this;
  }

  static Handler status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<String> requestIds() {
    return List.copyOf(requestIds);
  }

  List<String> hosts() {
    return List.copyOf(hosts);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
