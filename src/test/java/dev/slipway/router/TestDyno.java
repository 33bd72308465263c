package dev.slipway.router;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A dyno in the test's own process: answers as its behaviour says.
final class TestDyno implements AutoCloseable {
  /// What it does with a request: head and body are read; whether it keeps the connection.
  @FunctionalInterface
  interface Behaviour {
    boolean answer(String head, String body, OutputStream out) throws Exception;
  }

  final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger connections = new AtomicInteger();
  private final ServerSocket server;
  private final Behaviour behaviour;

  TestDyno(Behaviour behaviour) throws IOException {
    this(behaviour, 0);
  }

  private TestDyno(Behaviour behaviour, int port) throws IOException {
    this.behaviour = behaviour;
    server = new ServerSocket(port, 1000);
    Thread.ofVirtual().start(this::accept);
  }

  /// Answers each request with the text.
  static TestDyno saying(String text) throws IOException {
    return saying(text, 0);
  }

  /// The same at that port, or at any free one for 0.
  static TestDyno saying(String text, int port) throws IOException {
    return new TestDyno(
        (head, body, out) -> {
          out.write(answer(text));
          return true;
        },
        port);
  }

  /// Answers with the request's own head.
  static TestDyno echo() throws IOException {
    return new TestDyno((head, body, out) -> {
      out.write(answer(head));
      return true;
    });
  }

  /// Answers each request with the text, after a while.
  static TestDyno slow(String text, long milliseconds) throws IOException {
    return new TestDyno((head, body, out) -> {
      Thread.sleep(milliseconds);
      out.write(answer(text));
      return true;
    });
  }

  static byte[] answer(String text) {
    return bytes("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var counted = false;
      while (true) {
        var head = head(socket.getInputStream());
        if (head.isEmpty()) {
          return;
        }
        if (!counted) {
          connections.incrementAndGet();
          counted = true;
        }
        requests.incrementAndGet();
        var body = socket.getInputStream().readNBytes(length(head));
        if (!behaviour.answer(
            head, new String(body, StandardCharsets.ISO_8859_1), socket.getOutputStream())) {
          return;
        }
        socket.getOutputStream().flush();
      }
    } catch (Exception gone) {
      // the other side hung up, which some tests want
    }
  }

  private static int length(String head) {
    for (var line : head.lines().toList()) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    return 0;
  }

  private static String head(InputStream input) throws IOException {
    var text = new StringBuilder();
    while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
      var c = input.read();
      if (c < 0) {
        return "";
      }
      text.append((char) c);
    }
    return text.substring(0, text.length() - 4);
  }

  /// Takes no more connections.
  void stop() throws IOException {
    server.close();
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
