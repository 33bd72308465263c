package dev.slipway.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A real syslog server over TCP, with TLS or without, that takes octet-counted messages and can be
/// killed, stop to read, and come back on the same port.
public final class SyslogReceiver implements AutoCloseable {
  private final @Nullable SSLContext tls;
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean reading = true;
  private volatile @Nullable ServerSocket server;
  private int port;

  /// Listens on a free port of `localhost`; without TLS for null.
  public SyslogReceiver(@Nullable SSLContext tls) {
    this.tls = tls;
    start();
  }

  /// Where it listens.
  public String url() {
    return (tls == null ? "syslog" : "syslog+tls") + "://localhost:" + port;
  }

  /// The messages that came, without their lengths and line ends.
  public List<String> messages() {
    return messages;
  }

  /// Accepts connections and reads nothing from them.
  public void stopReading() {
    reading = false;
  }

  /// Comes up, or comes back on its port.
  public void start() {
    try {
      var fresh = new ServerSocket();
      fresh.setReuseAddress(true);
      fresh.bind(new InetSocketAddress(InetAddress.getByName("localhost"), port));
      port = fresh.getLocalPort();
      server = fresh;
      Thread.ofVirtual().start(() -> accept(fresh));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Goes, with all its connections.
  public void kill() {
    try {
      var listening = server;
      if (listening != null) {
        listening.close();
      }
      for (var socket : open) {
        socket.close();
      }
      open.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  private void accept(ServerSocket listening) {
    try {
      while (true) {
        var socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> read(socket));
      }
    } catch (IOException closed) {
      // It was killed.
    }
  }

  private void read(Socket socket) {
    try (socket) {
      if (!reading) {
        Thread.sleep(java.time.Duration.ofMinutes(5));
      }
      var plain = tls == null ? socket : secure(socket, tls);
      var input = new BufferedInputStream(plain.getInputStream());
      for (var message = next(input); message != null; message = next(input)) {
        messages.add(message);
      }
    } catch (IOException broken) {
      // The sender went, or this was killed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Socket secure(Socket socket, SSLContext tls) throws IOException {
    var secure = (javax.net.ssl.SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
    secure.setUseClientMode(false);
    return secure;
  }

  private static @Nullable String next(InputStream input) throws IOException {
    var length = 0;
    for (var digit = input.read(); digit != ' '; digit = input.read()) {
      if (digit < '0' || digit > '9') {
        return null;
      }
      length = length * 10 + digit - '0';
    }
    var message = new String(input.readNBytes(length), StandardCharsets.UTF_8);
    return message.endsWith("\n") ? message.substring(0, message.length() - 1) : null;
  }
}
