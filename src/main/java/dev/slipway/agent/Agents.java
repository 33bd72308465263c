package dev.slipway.agent;

import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Duplex;
import dev.slipway.engine.HostEngines;
import dev.slipway.engine.HostFigures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Where agents come to, in control. Which host an agent speaks for is what its certificate says,
/// whatever the agent says. Thread-safe.
public final class Agents implements HostEngines, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Agents.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final MutualTls tls;
  private final int port;
  private final Predicate<String> isHost;
  private final Path sockets;
  private final AtomicLong lastSocket = new AtomicLong();
  private final Map<String, HostSession> sessions = new ConcurrentHashMap<>();
  private @Nullable ServerSocket server;
  private volatile boolean closed;

  /// Lets agents come to a port, from `start` on.
  ///
  /// @param port 0 takes any free port
  /// @param isHost whether the node of that id is one of the fleet
  public Agents(MutualTls tls, int port, Predicate<String> isHost) {
    this.tls = tls;
    this.port = port;
    this.isHost = isHost;
    try {
      this.sockets = Files.createTempDirectory("slipway-agents");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Begins to listen.
  public void start() {
    try {
      var listening = new ServerSocket(port);
      server = listening;
      Thread.ofVirtual().name("agents").start(() -> accept(listening));
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " can't be listened on", e);
    }
  }

  /// The port that agents come to.
  public int port() {
    return server == null ? port : server.getLocalPort();
  }

  @Override
  public Optional<DockerApi> of(String node) {
    return Optional.ofNullable(sessions.get(node)).map(HostSession::docker);
  }

  @Override
  public Optional<HostFigures> figures(String node) {
    return Optional.ofNullable(sessions.get(node)).flatMap(HostSession::figures);
  }

  /// How many connections agents hold, idle or in use.
  int connections() {
    return sessions.values().stream().mapToInt(HostSession::connections).sum();
  }

  @Override
  public void close() {
    closed = true;
    try {
      if (server != null) {
        server.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sessions.values().forEach(HostSession::close);
    try {
      Files.deleteIfExists(sockets);
    } catch (IOException e) {
      LOG.log(Level.FINE, "A session that has just begun still uses " + sockets, e);
    }
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        var socket = listening.accept();
        Thread.ofVirtual().name("agent").start(() -> receive(socket));
      } catch (IOException e) {
        LOG.log(Level.FINE, "An agent did not get through", e);
        pause();
      }
    }
  }

  /// Where there is no file left for a connection, the next try would fail at once.
  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void receive(Socket raw) {
    try {
      raw.setTcpNoDelay(true);
      var secure = tls.toAgent(raw);
      var node = MutualTls.node(secure);
      var connection = Duplex.of(secure, raw);
      var hello = Wire.Hello.read(connection.input());
      secure.setSoTimeout(hello.purpose().equals(Wire.BEAT) ? (int) Wire.SILENCE.toMillis() : 0);
      switch (hello.purpose()) {
        case Wire.BEAT -> attend(node, hello.session(), connection);
        case Wire.IDLE -> session(node, hello.session()).offer(connection);
        default -> throw new IOException("an agent of another version");
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.FINE, "A connection of an agent has ended", e);
      close(raw);
    }
  }

  /// A newer session of a host takes the place of the one before: its agent has begun anew.
  private void attend(String node, String id, Duplex connection) throws IOException {
    if (!isHost.test(node)) {
      LOG.warning("An agent of " + node + " came, which is no host of this fleet");
      throw new IOException("no host of this fleet");
    }
    try (var session = new HostSession(id, socket())) {
      var before = sessions.put(node, session);
      if (before != null) {
        before.close();
      }
      LOG.info("The agent of " + node + " is here");
      try {
        if (closed) {
          throw new IOException("control ends");
        }
        session.attend(connection);
      } finally {
        sessions.remove(node, session);
        LOG.info("The agent of " + node + " is away");
      }
    }
  }

  private Path socket() {
    return sockets.resolve(Long.toString(lastSocket.incrementAndGet()));
  }

  private HostSession session(String node, String id) throws IOException {
    var session = sessions.get(node);
    if (session == null || !session.id().equals(id)) {
      throw new IOException("no session of that agent");
    }
    return session;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // That is what was wanted.
    }
  }
}
