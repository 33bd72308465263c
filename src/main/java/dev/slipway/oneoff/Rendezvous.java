package dev.slipway.oneoff;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipway.core.Secret;
import dev.slipway.engine.TerminalSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Where clients of attached commands come to: a TLS port. A client says the secret of its command,
/// is greeted, and from then on has the command's input and output. Or it says the secret in a
/// request of HTTP, and from then on talks SSH. Thread-safe.
///
/// Source: both wires of Heroku's, as seen on the stock client.
public final class Rendezvous implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Rendezvous.class.getName());
  private static final int SECRET_BYTES = 32;
  private static final int HANDSHAKE_MILLISECONDS = 10_000;
  private static final byte[] GREETING = "rendezvous\r\n".getBytes(US_ASCII);

  private static final byte[] UPGRADED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
          .getBytes(US_ASCII);

  /// The client throws away all that it reads together with the greeting.
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final SSLContext tls;
  private final int port;
  private final Duration patience;
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();
  private @Nullable ServerSocket server;
  private @Nullable SshWire ssh;

  /// Listens on a port, from `start` on.
  ///
  /// @param port 0 takes any free port
  /// @param patience how long a client may take to come
  public Rendezvous(SSLContext tls, int port, Duration patience) {
    this.tls = tls;
    this.port = port;
    this.patience = patience;
  }

  /// Begins to listen.
  public void start() {
    try {
      var listening = new ServerSocket(port);
      server = listening;
      Thread.ofVirtual().name("rendezvous").start(() -> accept(listening));
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " can't be listened on", e);
    }
  }

  /// Listens no more; clients that came stay.
  @Override
  public void close() {
    try {
      if (server != null) {
        server.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes a place for one client, whose window never changes its size.
  ///
  /// @param terminal the window that the client has, or null where it is a pipe
  Offer offer(@Nullable TerminalSize terminal) {
    return offer("rendezvous", false, terminal);
  }

  /// Makes a place for one client that comes by SSH, and tells its window by itself.
  Offer offerSsh() {
    ssh();
    return offer("https", true, null);
  }

  private Offer offer(String scheme, boolean overSsh, @Nullable TerminalSize terminal) {
    var secret = Secret.random(SECRET_BYTES).reveal();
    var listening = server;
    var at = listening == null ? port : listening.getLocalPort();
    var offer =
        new Offer(
            scheme + "://localhost:" + at + "/" + secret,
            overSsh,
            terminal,
            patience,
            () -> offers.remove(secret));
    offers.put(secret, offer);
    return offer;
  }

  /// Made when it is first wanted: most installations never want it.
  private synchronized SshWire ssh() {
    if (ssh == null) {
      ssh = new SshWire();
    }
    return ssh;
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        var socket = listening.accept();
        Thread.ofVirtual().name("rendezvous-client").start(() -> receive(socket));
      } catch (IOException e) {
        LOG.log(Level.FINE, "A client did not get through", e);
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

  private void receive(Socket socket) {
    try {
      var connection = Connection.accepted(socket, tls, HANDSHAKE_MILLISECONDS);
      var hello = Hello.read(connection.secure().getInputStream());
      var offer = offers.remove(hello.secret());
      if (offer == null || offer.overSsh() != hello.upgrade()) {
        connection.close();
        return;
      }
      offer.opened(connection);
      if (offer.overSsh()) {
        say(connection, UPGRADED);
        ssh().talk(connection, offer);
      } else {
        say(connection, GREETING);
        // Before anybody reads: a read that has begun keeps the limit that it began with.
        connection.allowSilence();
        Thread.sleep(PAUSE);
        offer.came(new RendezvousClient(connection, offer.terminal()));
      }
    } catch (IOException e) {
      LOG.log(Level.FINE, "A client went away", e);
      Connection.close(socket);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      Connection.close(socket);
    }
  }

  private static void say(Connection connection, byte[] text) throws IOException {
    var output = connection.secure().getOutputStream();
    output.write(text);
    output.flush();
  }
}
