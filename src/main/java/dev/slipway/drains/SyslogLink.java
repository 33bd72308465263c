package dev.slipway.drains;

import dev.slipway.outbound.Connection;
import dev.slipway.outbound.Outbound;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A drain by syslog over TCP, with TLS (RFC 5425) or without (RFC 6587). The protocol has no
/// answers: a frame counts as arrived when its connection has lived on for a while. What was sent
/// shortly before a connection broke is sent again.
final class SyslogLink implements Link {
  private static final long UNSURE_NANOS = Duration.ofSeconds(2).toNanos();

  private record Sent(long until, long at) {}

  private final Drain drain;
  private final Outbound outbound;
  private final ArrayDeque<Sent> unsure = new ArrayDeque<>();
  private @Nullable Connection connection;
  private long confirmed;

  SyslogLink(Drain drain, Outbound outbound, long position) {
    this.drain = drain;
    this.outbound = outbound;
    this.confirmed = position;
  }

  @Override
  public Frame frame() {
    return new Frame(drain.token(), true);
  }

  @Override
  public void send(Frame frame, long until) throws IOException {
    check();
    try {
      var open = connection == null ? outbound.connect(drain.target()) : connection;
      connection = open;
      open.write(frame.bytes());
      unsure.add(new Sent(until, System.nanoTime()));
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public void check() throws IOException {
    if (connection != null && connection.ended()) {
      var open = !unsure.isEmpty();
      close();
      if (open) {
        throw new IOException("the connection ended");
      }
    }
  }

  @Override
  public long confirmed() {
    var now = System.nanoTime();
    while (!unsure.isEmpty()
        && now - unsure.getFirst().at() > UNSURE_NANOS
        && connection != null
        && !connection.ended()) {
      confirmed = unsure.removeFirst().until();
    }
    return confirmed;
  }

  @Override
  public void skipTo(long sequence) {
    confirmed = sequence;
  }

  @Override
  public void close() {
    unsure.clear();
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
