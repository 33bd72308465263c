package dev.slipway.oneoff;

import dev.slipway.engine.TerminalSize;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A place at which one client can come, once. Thread-safe.
final class Offer implements AutoCloseable {
  private final String url;
  private final boolean overSsh;
  private final @Nullable TerminalSize terminal;
  private final long latest;
  private final Runnable withdrawal;
  private @Nullable Connection connection;
  private @Nullable Client client;
  private boolean closed;

  /// @param url where the client has to come to; a secret
  /// @param overSsh whether the client has to ask for SSH
  /// @param terminal the window that the client has, or null where it is a pipe or tells by itself
  /// @param patience how long a client may take to come
  /// @param withdrawal has nobody come any more
  Offer(
      String url,
      boolean overSsh,
      @Nullable TerminalSize terminal,
      Duration patience,
      Runnable withdrawal) {
    this.url = url;
    this.overSsh = overSsh;
    this.terminal = terminal;
    this.latest = System.nanoTime() + patience.toNanos();
    this.withdrawal = withdrawal;
  }

  String url() {
    return url;
  }

  boolean overSsh() {
    return overSsh;
  }

  @Nullable TerminalSize terminal() {
    return terminal;
  }

  /// The client, once it has come.
  synchronized Optional<Client> client() {
    return Optional.ofNullable(client);
  }

  /// Whether nobody has come in time.
  boolean isStale() {
    return client().isEmpty() && System.nanoTime() > latest;
  }

  /// Somebody knew the secret, and is about to come by this connection.
  synchronized void opened(Connection by) {
    connection = by;
    if (closed) {
      by.close();
    }
  }

  /// The client is there, by the connection that was opened.
  synchronized void came(Client who) throws IOException {
    client = who;
    if (connection != null) {
      connection.allowSilence();
    }
    if (closed) {
      who.close();
    }
  }

  /// Nobody can come any more, and who came is let go.
  @Override
  public synchronized void close() {
    closed = true;
    withdrawal.run();
    if (client != null) {
      client.close();
    }
    if (connection != null) {
      connection.close();
    }
  }
}
