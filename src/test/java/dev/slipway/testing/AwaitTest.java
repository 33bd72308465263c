package dev.slipway.testing;

import static dev.slipway.testing.Await.await;
import static dev.slipway.testing.Await.awaitValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void whatIsSoAtOnceIsAskedOnce() {
    await(() -> asked.incrementAndGet() > 0);
    assertEquals(1, asked.get());
  }

  @Test
  void aQuestionThatFailsIsAskedAgain() {
    await(
        "the third",
        () -> {
          if (asked.incrementAndGet() < 3) {
            throw new IllegalStateException("not yet");
          }
          return true;
        });
    assertEquals(3, asked.get());
    assertEquals(5, awaitValue("five", asked::incrementAndGet, value -> value == 5));
  }

  @Test
  void whatDoesNotComeIsToldWithItsNameAndWhy() {
    var why = new AssertionError("still none");
    var told =
        assertThrows(
            AssertionError.class,
            () ->
                await(
                    "the answer",
                    Duration.ofMillis(20),
                    () -> {
                      throw why;
                    }));
    assertTrue(String.valueOf(told.getMessage()).contains("the answer"), told::toString);
    assertSame(why, told.getCause());
  }
}
