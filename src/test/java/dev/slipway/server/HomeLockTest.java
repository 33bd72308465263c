package dev.slipway.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLockTest {
  @TempDir Path home;

  @Test
  void theSecondWaitsForTheFirst() throws Exception {
    var taken = new CountDownLatch(1);
    Thread second;
    try (var _ = HomeLock.await(home)) {
      second = Thread.ofVirtual().start(() -> take(taken));
      assertFalse(taken.await(500, TimeUnit.MILLISECONDS));
    }
    assertTrue(taken.await(5, TimeUnit.SECONDS));
    assertTrue(second.join(Duration.ofSeconds(5)));
  }

  private void take(CountDownLatch taken) {
    try (var _ = HomeLock.await(home)) {
      taken.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
