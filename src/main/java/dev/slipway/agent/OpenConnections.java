package dev.slipway.agent;

import dev.slipway.engine.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The connections of one session, which end with it. Thread-safe.
final class OpenConnections implements AutoCloseable {
  private final Set<Duplex> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /// Takes a connection in, until it is closed.
  Duplex add(Duplex connection) throws IOException {
    var kept = new Kept(connection);
    open.add(kept);
    if (closed) {
      kept.close();
      throw new IOException("the session has ended");
    }
    return kept;
  }

  int count() {
    return open.size();
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    for (var connection : open) {
      try {
        connection.close();
      } catch (IOException gone) {
        // That is what was wanted.
      }
    }
  }

  private final class Kept implements Duplex {
    private final Duplex connection;

    Kept(Duplex connection) {
      this.connection = connection;
    }

    @Override
    public InputStream input() {
      return connection.input();
    }

    @Override
    public OutputStream output() {
      return connection.output();
    }

    @Override
    public void endOutput() throws IOException {
      connection.endOutput();
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      connection.close();
    }
  }
}
