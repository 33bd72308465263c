package dev.slipway.outbound;

import java.time.Duration;

/// Breaks something off that takes too long: unless it is closed in time, the action runs.
final class Limit implements AutoCloseable {
  /// What breaks it off.
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  private final Thread timer;

  Limit(Duration time, Action whenOver) {
    timer =
        Thread.ofVirtual()
            .name("limit")
            .start(() -> {
              try {
                Thread.sleep(time);
                whenOver.run();
              } catch (InterruptedException inTime) {
                Thread.currentThread().interrupt();
              } catch (Exception overAnyway) {
                // It was broken, which is what was wanted.
              }
            });
  }

  @Override
  public void close() {
    timer.interrupt();
  }
}
