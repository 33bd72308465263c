package dev.slipway.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipway.engine.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// As much of an engine as exec needs, at a Unix socket. A command gives back its input when that
/// has ended, and ends with status 7.
final class UnixEngine implements AutoCloseable {
  private final ServerSocketChannel server;
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch asked = new CountDownLatch(1);

  UnixEngine(Path socket) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), 1024);
    Thread.startVirtualThread(this::accept);
  }

  /// How many connections it has had.
  int connections() {
    return connections.get();
  }

  /// Waits until a request has come that is never answered.
  void awaitSilent() throws InterruptedException {
    asked.await();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    try {
      while (true) {
        var client = Duplex.of(server.accept());
        connections.incrementAndGet();
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Duplex client) {
    try (client) {
      var more = true;
      while (more) {
        more = answer(client);
      }
    } catch (IOException | InterruptedException gone) {
      // The other side went.
    }
  }

  /// @return whether the connection carries further requests
  private boolean answer(Duplex client) throws IOException, InterruptedException {
    var request = head(client.input());
    var output = client.output();
    if (request.isEmpty()) {
      return false;
    }
    if (request.contains("/containers/silent/")) {
      asked.countDown();
      Thread.sleep(60_000);
    }
    if (request.contains("/_ping")) {
      say(output, "OK");
    } else if (request.contains("/start")) {
      var head = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
      output.write(head.getBytes(UTF_8));
      var all = client.input().readAllBytes();
      output.write(ByteBuffer.allocate(8).put((byte) 1).putInt(4, all.length).array());
      output.write(all);
      return false;
    } else if (request.contains("/exec/")) {
      say(output, "{\"Running\":false,\"ExitCode\":7}");
    } else {
      say(output, "{\"Id\":\"e1\"}");
    }
    return true;
  }

  private static void say(OutputStream output, String body) throws IOException {
    output.write(
        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body)
            .getBytes(UTF_8));
  }

  /// The head of a request; its body is read too.
  private static String head(InputStream input) throws IOException {
    var head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      var next = input.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    var length = head.toString().toLowerCase(java.util.Locale.ROOT).split("content-length: ", -1);
    if (length.length > 1) {
      input.readNBytes(Integer.parseInt(length[1].split("\r", 2)[0]));
    } else if (head.toString().contains("chunked")) {
      throw new IOException("a body of unknown length");
    }
    return head.toString().split("\r\n", 2)[0];
  }
}
