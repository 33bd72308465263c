package dev.slipway.oneoff;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipway.core.Secret;
import dev.slipway.engine.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Where clients of attached commands come to: a TLS port. A client says the secret of its command,
/// is greeted, and from then on has the command's input and output. Thread-safe.
///
/// Source: the wire of Heroku's rendezvous, as seen on the stock client.
public final class Rendezvous implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Rendezvous.class.getName());
  private static final int SECRET_BYTES = 32;
  private static final int LONGEST_LINE = 1024;
  private static final int HANDSHAKE_MILLISECONDS = 10_000;
  private static final byte[] GREETING = "rendezvous\r\n".getBytes(US_ASCII);

  /// The client throws away all that it reads together with the greeting.
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final SSLContext tls;
  private final int port;
  private final Duration patience;
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();
  private @Nullable ServerSocket server;

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

  /// A place at which one client can come, once.
  final class Offer implements AutoCloseable {
    private final String secret;
    private final @Nullable TerminalSize terminal;
    private final long latest = System.nanoTime() + patience.toNanos();
    private @Nullable Client client;
    private boolean closed;

    private Offer(String secret, @Nullable TerminalSize terminal) {
      this.secret = secret;
      this.terminal = terminal;
    }

    /// Where the client has to come to; a secret.
    String url() {
      var listening = server;
      return "rendezvous://localhost:"
          + (listening == null ? port : listening.getLocalPort())
          + "/"
          + secret;
    }

    /// The client, once it has come.
    synchronized Optional<Client> client() {
      return Optional.ofNullable(client);
    }

    /// Whether nobody has come in time.
    boolean isStale() {
      return client().isEmpty() && System.nanoTime() > latest;
    }

    private synchronized void came(Client who) {
      client = who;
      if (closed) {
        who.close();
      }
    }

    /// Nobody can come any more, and who came is let go.
    @Override
    public synchronized void close() {
      closed = true;
      offers.remove(secret);
      if (client != null) {
        client.close();
      }
    }
  }

  /// Makes a place for one client.
  ///
  /// @param terminal the window that the client has, or null where it is a pipe
  Offer offer(@Nullable TerminalSize terminal) {
    var offer = new Offer(Secret.random(SECRET_BYTES).reveal(), terminal);
    offers.put(offer.secret, offer);
    return offer;
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
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.setSoTimeout(HANDSHAKE_MILLISECONDS);
      var secure =
          (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
      secure.setUseClientMode(false);
      var offer = offers.remove(secret(secure.getInputStream()));
      if (offer == null) {
        close(socket);
        return;
      }
      greet(offer, socket, secure);
    } catch (IOException e) {
      LOG.log(Level.FINE, "A client went away", e);
      close(socket);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      close(socket);
    }
  }

  private static void greet(Offer offer, Socket socket, SSLSocket secure)
      throws IOException, InterruptedException {
    socket.setSoTimeout(0);
    secure.getOutputStream().write(GREETING);
    secure.getOutputStream().flush();
    Thread.sleep(PAUSE);
    offer.came(new Client(socket, secure, offer.terminal));
  }

  /// The client's first line, without what may follow the secret.
  private static String secret(InputStream input) throws IOException {
    var line = new StringBuilder();
    for (var next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0 || line.length() > LONGEST_LINE) {
        throw new IOException("no secret was said");
      }
      line.append((char) next);
    }
    return line.toString().strip().replaceFirst("\\?.*", "");
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.FINE, "A connection could not be closed", e);
    }
  }
}
