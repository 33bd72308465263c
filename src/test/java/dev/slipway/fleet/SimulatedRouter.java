package dev.slipway.fleet;

import dev.slipway.core.Secret;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A router without Nginx, on the wire: it polls and reports as `docs/design/router-protocol.md`
/// has it, takes each table after the time that workers need to see it, and reaches every
/// candidate.
final class SimulatedRouter {
  private final String name;
  private final Secret token;
  private final int port;
  private final Tables tables;
  private final long takes;
  private final AtomicLong received = new AtomicLong();
  private final BlockingQueue<Tables.Table> news = new ArrayBlockingQueue<>(1000);
  private volatile Tables.Table held = Tables.NONE;
  private volatile long acknowledged;

  /// @param takes milliseconds from a table's arrival until all workers use it
  SimulatedRouter(String name, Secret token, int port, Tables tables, long takes) {
    this.name = name;
    this.token = token.derive(name);
    this.port = port;
    this.tables = tables;
    this.takes = takes;
  }

  void start() {
    Thread.ofVirtual().start(this::poll);
    Thread.ofVirtual().start(this::report);
  }

  /// The number of the table of which control knows that it is used here.
  long acknowledged() {
    return acknowledged;
  }

  /// Bytes of tables that came.
  long received() {
    return received.get();
  }

  private void poll() {
    forEver(connection -> {
      var body = "{\"epoch\":" + held.epoch() + ",\"version\":" + held.version() + "}";
      var answer = connection.post("/router/poll", body);
      if (answer.status() == 200) {
        received.addAndGet(answer.body().length);
        held = tables.read(answer.body());
        Thread.sleep(takes);
        news.add(held);
      }
    });
  }

  private void report() {
    var sequence = new AtomicLong();
    var used = new Tables.Table[] {Tables.NONE};
    forEver(connection -> {
      var newer = news.poll(500, TimeUnit.MILLISECONDS);
      for (; newer != null; newer = news.poll()) {
        used[0] = newer;
      }
      var table = used[0];
      var body =
          """
          {"boot":"1","sequence":%d,"epoch":%d,"version":%d,"workers":2,"dropped":0,"inflight":{},
           "probes":%s,"figures":[]}\
          """
              .formatted(
                  sequence.incrementAndGet(), table.epoch(), table.version(), table.probes());
      if (connection.post("/router/report", body).status() == 204) {
        acknowledged = table.version();
      }
    });
  }

  private interface Exchange {
    void with(Connection connection) throws IOException, InterruptedException;
  }

  private void forEver(Exchange exchange) {
    try {
      while (true) {
        try (var connection = new Connection()) {
          while (true) {
            exchange.with(connection);
          }
        } catch (IOException away) {
          Thread.sleep(250);
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Answer(int status, byte[] body) {}

  private final class Connection implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    private final InputStream input = new BufferedInputStream(socket.getInputStream());

    Connection() throws IOException {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
    }

    Answer post(String path, String body) throws IOException {
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      var head =
          "POST "
              + path
              + " HTTP/1.1\r\nHost: control\r\nAuthorization: Bearer "
              + token.reveal()
              + "\r\nX-Slipway-Router: "
              + name
              + "\r\nAccept-Encoding: deflate\r\nContent-Type: application/json\r\nContent-Length: "
              + bytes.length
              + "\r\n\r\n";
      var whole = new ByteArrayOutputStream();
      whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
      whole.writeBytes(bytes);
      whole.writeTo(socket.getOutputStream());
      return answer();
    }

    private Answer answer() throws IOException {
      var status = Integer.parseInt(line().split(" ", -1)[1]);
      var length = 0;
      var chunked = false;
      for (var header = line(); !header.isEmpty(); header = line()) {
        var lower = header.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring(15).strip());
        }
        chunked |= lower.startsWith("transfer-encoding: chunked");
      }
      if (status >= 400) {
        throw new IOException("answered " + status);
      }
      return new Answer(status, chunked ? chunks() : input.readNBytes(length));
    }

    private byte[] chunks() throws IOException {
      var all = new ByteArrayOutputStream();
      while (true) {
        var size = Integer.parseInt(line(), 16);
        all.writeBytes(input.readNBytes(size));
        line();
        if (size == 0) {
          return all.toByteArray();
        }
      }
    }

    private String line() throws IOException {
      var line = new StringBuilder();
      for (var b = input.read(); b != '\n'; b = input.read()) {
        if (b < 0) {
          throw new IOException("control closed the connection");
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
