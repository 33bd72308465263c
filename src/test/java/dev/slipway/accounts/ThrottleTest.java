package dev.slipway.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private final AtomicLong now = new AtomicLong(5);
  private final Throttle throttle = new Throttle(3, Duration.ofSeconds(20), now::get);

  @Test
  void aFewAtOnceAndThenOneInAWhile() {
    for (var count = 0; count < 3; count++) {
      throttle.take("ann");
    }
    var refused = assertThrows(UserError.class, () -> throttle.take("ann"));
    assertEquals(ErrorCode.RATE_LIMIT, refused.problem().code());
    assertEquals("Too many failed logins. Try again in 20 seconds.", refused.getMessage());
    throttle.take("bob");
    now.addAndGet(Duration.ofSeconds(20).toNanos());
    throttle.take("ann");
    assertThrows(UserError.class, () -> throttle.take("ann"));
  }

  @Test
  void whatIsGivenBackWasNeverTaken() {
    for (var count = 0; count < 50; count++) {
      throttle.take("ann");
      throttle.giveBack("ann");
    }
    throttle.take("ann");
  }

  @Test
  void asManyAsWantedAtOncePassNoMoreThanAllowed() throws InterruptedException {
    var passed = new AtomicInteger();
    var threads =
        java.util.stream.IntStream.range(0, 20)
            .mapToObj(_ ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        throttle.take("ann");
                        passed.incrementAndGet();
                      } catch (UserError _) {
                        // counted by not being counted
                      }
                    }))
            .toList();
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(3, passed.get());
  }

  /// Otherwise whoever invents names would fill the memory.
  @Test
  void whatWasLongAgoIsForgotten() {
    for (var count = 0; count < 3; count++) {
      throttle.take("ann");
    }
    for (var count = 0; count < 9_999; count++) {
      throttle.take("nobody" + count);
    }
    assertThrows(UserError.class, () -> throttle.take("ann"));
    for (var count = 0; count < 10_000; count++) {
      throttle.take("another" + count);
    }
    for (var count = 0; count < 3; count++) {
      throttle.take("ann");
    }
    assertThrows(UserError.class, () -> throttle.take("ann"));
  }
}
