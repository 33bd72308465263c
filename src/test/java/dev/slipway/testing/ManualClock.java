package dev.slipway.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// A clock that a test moves.
public final class ManualClock extends Clock {
  private volatile Instant now = Instant.parse("2026-11-25T12:00:00.500Z");

  /// Moves it on.
  public void pass(Duration time) {
    now = now.plus(time);
  }

  /// Sets it.
  public void set(String time) {
    now = Instant.parse(time);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
