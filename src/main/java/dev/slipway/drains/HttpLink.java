package dev.slipway.drains;

import dev.slipway.outbound.Outbound;
import java.io.IOException;
import java.util.Map;

/// A drain by HTTP: a frame has arrived when the answer is a 2xx.
final class HttpLink implements Link {
  /// Thrown for any other answer.
  static final class Refused extends IOException {
    private final int status;

    Refused(int status) {
      super("HTTP " + status);
      this.status = status;
    }

    /// Whether the receiver says that this very request can't be taken, now or later.
    boolean isForGood() {
      return status / 100 == 4 && status != 408 && status != 429;
    }
  }

  private final Drain drain;
  private final Outbound outbound;
  private long confirmed;

  HttpLink(Drain drain, Outbound outbound, long position) {
    this.drain = drain;
    this.outbound = outbound;
    this.confirmed = position;
  }

  @Override
  public Frame frame() {
    return new Frame(drain.token(), false);
  }

  @Override
  public void send(Frame frame, long until) throws IOException {
    var status =
        outbound.post(
            drain.target(),
            Map.of(
                "Content-Type", "application/logplex-1",
                "Logplex-Msg-Count", Integer.toString(frame.messages()),
                "Logplex-Frame-Id", frame.id(),
                "Logplex-Drain-Token", drain.token(),
                "User-Agent", "Logplex/Slipway"),
            frame.bytes());
    if (status / 100 != 2) {
      throw new Refused(status);
    }
    confirmed = until;
  }

  @Override
  public void check() {
    // Nothing is sent without an answer.
  }

  @Override
  public long confirmed() {
    return confirmed;
  }

  @Override
  public void skipTo(long sequence) {
    confirmed = sequence;
  }

  @Override
  public void close() {
    // Connections are the client's.
  }
}
