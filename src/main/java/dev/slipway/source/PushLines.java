package dev.slipway.source;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Sends lines to the client of a push, each at once, and a byte that no client shows when there
/// was nothing to say for a while, so that nothing in between takes the connection for dead. Once
/// the client has gone, lines go nowhere. Thread-safe.
final class PushLines implements AutoCloseable {
  /// Git takes an empty C string for no message.
  private static final int NOTHING = 0;

  private final OutputStream client;
  private boolean gone;
  private boolean closed;
  private long lastSent = System.nanoTime();

  PushLines(OutputStream client, Duration silence) {
    this.client = client;
    Thread.ofVirtual().name("push-keep-alive").start(() -> keepAlive(silence));
  }

  synchronized void line(String line) {
    send((line.stripTrailing() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// Nothing is sent afterwards. The thread is told, not interrupted: an interrupt in the middle of
  /// a write would break the connection.
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  private synchronized void keepAlive(Duration silence) {
    try {
      while (!closed) {
        wait(silence.toMillis());
        if (!closed && System.nanoTime() - lastSent >= silence.toNanos()) {
          send(new byte[] {NOTHING});
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(byte[] bytes) {
    lastSent = System.nanoTime();
    if (gone) {
      return;
    }
    try {
      client.write(bytes);
      client.flush();
    } catch (IOException _) {
      gone = true;
    }
  }
}
