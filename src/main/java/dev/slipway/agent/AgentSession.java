package dev.slipway.agent;

import dev.slipway.engine.Duplex;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.UUID;

/// One session with control, the agent's side: a beat, and connections that wait to be used.
final class AgentSession implements AutoCloseable {
  private static final int WAITING = 2;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final MutualTls tls;
  private final Agent.Settings settings;
  private final HostGauge gauge;
  private final String id = UUID.randomUUID().toString();
  private final OpenConnections connections = new OpenConnections();

  AgentSession(MutualTls tls, Agent.Settings settings, HostGauge gauge) {
    this.tls = tls;
    this.settings = settings;
    this.gauge = gauge;
  }

  /// Goes on until the session ends.
  ///
  /// @param accepted run when control has said its first word
  void run(Runnable accepted) throws IOException {
    var beat = dial(Wire.BEAT, Wire.SILENCE);
    Thread.ofVirtual().name("beat").start(() -> tell(beat));
    Wire.line(beat.input());
    accepted.run();
    for (var i = 0; i < WAITING; i++) {
      Thread.ofVirtual().name("idle").start(this::offer);
    }
    while (!connections.isClosed()) {
      Wire.line(beat.input());
    }
  }

  private void tell(Duplex beat) {
    try {
      while (!connections.isClosed()) {
        Wire.say(beat, FiguresLine.of(gauge.read()));
        Thread.sleep(Wire.BEAT_EACH);
      }
    } catch (IOException ended) {
      close();
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  /// Keeps one connection waiting.
  private void offer() {
    while (!connections.isClosed()) {
      try {
        var connection = dial(Wire.IDLE, Duration.ZERO);
        var first = connection.input().read();
        if (first < 0) {
          connection.close();
          Thread.sleep(PAUSE);
        } else {
          Thread.ofVirtual().name("engine").start(() -> serve(connection, first));
        }
      } catch (IOException notNow) {
        pause();
      } catch (InterruptedException ending) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Duplex connection, int first) {
    try (connection) {
      var channel = SocketChannel.open(UnixDomainSocketAddress.of(settings.engine()));
      var engine = Duplex.of(channel);
      engine.output().write(first);
      Duplex.join(connection, engine);
    } catch (IOException engineIsAway) {
      // Control sees the end of the connection.
    }
  }

  /// The name is looked up each time: control may have moved.
  private Duplex dial(String purpose, Duration silence) throws IOException {
    var raw = new Socket();
    try {
      raw.connect(
          new InetSocketAddress(settings.control(), settings.port()), (int) CONNECT.toMillis());
      raw.setTcpNoDelay(true);
      var connection = connections.add(Duplex.of(secured(raw, silence), raw));
      new Wire.Hello(purpose, id).say(connection);
      return connection;
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  private Socket secured(Socket raw, Duration silence) throws IOException {
    var socket = tls.toControl(raw);
    socket.setSoTimeout((int) silence.toMillis());
    return socket;
  }

  @Override
  public void close() {
    connections.close();
  }
}
