package dev.slipway.agent;

import dev.slipway.engine.DockerApi;
import dev.slipway.engine.Duplex;
import dev.slipway.engine.HostFigures;
import dev.slipway.engine.SocketRelay;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// One session with an agent, control's side: the host's engine for as long as the agent is heard.
/// Thread-safe.
final class HostSession implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(HostSession.class.getName());

  /// Many may be wanted at once, and the agent makes each anew.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration LOOK_EACH = Duration.ofMillis(500);

  /// An agent offers two at a time; more than this is none of ours.
  private static final int MOST_IDLE = 16;

  private final String id;
  private final BlockingQueue<Duplex> idle = new LinkedBlockingQueue<>(MOST_IDLE);
  private final OpenConnections connections = new OpenConnections();
  private final SocketRelay relay;
  private final DockerApi docker;
  private volatile @Nullable HostFigures figures;

  /// @param socket where the host's engine is to be found on this one
  HostSession(String id, Path socket) {
    this.id = id;
    this.relay = SocketRelay.open(socket, this::dial);
    this.docker = new DockerApi(socket);
  }

  String id() {
    return id;
  }

  /// The host's engine.
  DockerApi docker() {
    return docker;
  }

  Optional<HostFigures> figures() {
    return Optional.ofNullable(figures);
  }

  /// How many connections there are, idle or in use.
  int connections() {
    return connections.count();
  }

  /// Listens to the agent's beat until it ends.
  void attend(Duplex connection) throws IOException {
    var beat = connections.add(connection);
    Thread.ofVirtual().name("beat").start(() -> answer(beat));
    while (!connections.isClosed()) {
      figures = FiguresLine.read(Wire.line(beat.input()));
    }
  }

  private void answer(Duplex beat) {
    try {
      while (!connections.isClosed()) {
        Wire.say(beat, "");
        Thread.sleep(Wire.BEAT_EACH);
      }
    } catch (IOException ended) {
      connections.close();
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  /// Takes a connection that the agent keeps waiting.
  void offer(Duplex connection) throws IOException {
    var offered = connections.add(connection);
    if (!idle.offer(offered)) {
      offered.close();
      throw new IOException("there are enough");
    }
  }

  private Duplex dial() throws IOException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!connections.isClosed() && System.nanoTime() < end) {
        var connection = idle.poll(LOOK_EACH.toMillis(), TimeUnit.MILLISECONDS);
        if (connection != null) {
          return connection;
        }
      }
      throw new IOException("the agent offers no connection");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("nobody waits for a connection", e);
    }
  }

  @Override
  public void close() {
    connections.close();
    try {
      relay.close();
      docker.close();
    } catch (IOException e) {
      LOG.log(Level.FINE, "A session did not end in peace", e);
    }
  }
}
