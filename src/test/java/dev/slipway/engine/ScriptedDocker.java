package dev.slipway.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// An engine that gives the answers that a test wrote down, and 404 to all else.
public final class ScriptedDocker implements AutoCloseable {
  private static final String VERSION = "/v1.41";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final HttpServer http;
  private final SocketRelay relay;
  private final DockerApi api;
  private volatile boolean hangs;

  /// Answers from now on.
  ///
  /// @param socket where it is to be found
  public ScriptedDocker(Path socket) throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::answer);
    http.start();
    relay = SocketRelay.open(socket, this::dial);
    api = new DockerApi(socket);
  }

  private Duplex dial() throws IOException {
    var connection = new Socket(InetAddress.getLoopbackAddress(), http.getAddress().getPort());
    return Duplex.of(connection, connection);
  }

  /// The way to it.
  public DockerApi api() {
    return api;
  }

  /// From now on it answers so.
  ///
  /// @param request method and path, without the version and the query
  public void answers(String request, String json) {
    answers.put(request, json);
  }

  /// From now on it answers to no pull.
  void hang() {
    hangs = true;
  }

  /// The requests, such as `GET /nodes`.
  public List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void close() throws IOException {
    api.close();
    relay.close();
    http.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath().substring(VERSION.length());
    var request = exchange.getRequestMethod() + " " + path;
    calls.add(request);
    if (hangs && path.equals("/images/create")) {
      sleep();
    }
    var answer = answers.get(request);
    var body = (answer == null ? "{\"message\":\"none\"}" : answer).getBytes(UTF_8);
    exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void sleep() {
    try {
      Thread.sleep(20_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
