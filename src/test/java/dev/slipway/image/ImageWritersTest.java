package dev.slipway.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ImageWritersTest {
  private final ImageWriters writers = new ImageWriters();
  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void nothingIsCollectedWhileSomebodyWritesOrHasJustWritten() throws Exception {
    try (var _ = writers.begin()) {
      assertFalse(writers.collect(Duration.ZERO, () -> done.add("collected")));
    }
    assertFalse(writers.collect(Duration.ofMinutes(1), () -> done.add("collected")));
    assertTrue(writers.collect(Duration.ZERO, () -> done.add("collected")));
    assertEquals(List.of("collected"), done);
  }

  @Test
  void whoWritesWaitsForACollection() throws Exception {
    var goOn = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    var collector = Thread.ofVirtual().start(() -> collectUntil(goOn, begun));
    begun.await();
    assertFalse(writers.collect(Duration.ZERO, () -> done.add("a second")));
    var writer = Thread.ofVirtual().start(this::write);
    Thread.sleep(100);
    assertEquals(List.of(), done);
    goOn.countDown();
    assertTrue(collector.join(Duration.ofSeconds(5)));
    assertTrue(writer.join(Duration.ofSeconds(5)));
    assertEquals(List.of("collected", "written"), done);
  }

  private void collectUntil(CountDownLatch goOn, CountDownLatch begun) {
    writers.collect(
        Duration.ZERO,
        () -> {
          begun.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          done.add("collected");
        });
  }

  private void write() {
    try (var _ = writers.begin()) {
      done.add("written");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
