package dev.slipway.safekeeping;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Has a copy made each night, and one soon after there is anything to copy. One that fails is made
/// again after an hour. Thread-safe.
public final class CopyRounds implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(CopyRounds.class.getName());
  private static final LocalTime NIGHT = LocalTime.of(2, 30);
  private static final Duration LOOK_EACH = Duration.ofMinutes(2);
  private static final Duration RETRY = Duration.ofHours(1);

  private final Copies copies;
  private final Runnable fence;
  private final Clock clock;
  private final Thread thread = Thread.ofVirtual().name("copies").unstarted(this::goRound);

  /// @param fence throws where another control has taken over
  public CopyRounds(Copies copies, Runnable fence, Clock clock) {
    this.copies = copies;
    this.fence = fence;
    this.clock = clock;
  }

  /// From now on until it is closed.
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void goRound() {
    try {
      while (true) {
        Thread.sleep(LOOK_EACH);
        visit();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  void visit() {
    try {
      if (isDue(copies.report(), clock.instant())) {
        fence.run();
        copies.make();
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Control's state was not copied", e);
    }
  }

  /// Where there is no good one since the last night began.
  static boolean isDue(CopyReport report, Instant now) {
    if (!report.problem().isEmpty()) {
      return report.tried().plus(RETRY).isBefore(now);
    }
    return report.good().map(last -> last.isBefore(lastNight(now))).orElse(true);
  }

  private static Instant lastNight(Instant now) {
    var today = now.atZone(ZoneOffset.UTC).toLocalDate().atTime(NIGHT).toInstant(ZoneOffset.UTC);
    return today.isAfter(now) ? today.minus(Duration.ofDays(1)) : today;
  }
}
