package dev.slipway.install;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waits for something that nobody announces.
final class Waiting {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private Waiting() {}

  /// Asks again and again until it holds or the time is over.
  ///
  /// @return whether it holds
  static boolean until(Duration patience, BooleanSupplier condition) {
    return until(patience, PAUSE, condition);
  }

  /// The same, with a pause of this length between two questions.
  static boolean until(Duration patience, Duration pause, BooleanSupplier condition) {
    var end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
