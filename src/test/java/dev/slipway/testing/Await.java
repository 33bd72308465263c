package dev.slipway.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Waits for what nobody announces, by asking again and again: at first after a few milliseconds,
/// then ever more seldom. A question that fails counts as a no, and is told when the time is over.
public final class Await {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration SHORTEST = Duration.ofMillis(5);
  private static final Duration LONGEST = Duration.ofMillis(100);

  private Await() {}

  /// Waits half a minute at the most until it is so.
  public static void await(Callable<Boolean> holds) {
    await("it to be so", holds);
  }

  /// The same, of something that has a name.
  public static void await(String what, Callable<Boolean> holds) {
    await(what, LIMIT, holds);
  }

  /// Waits no longer than the limit until it is so.
  public static void await(String what, Duration limit, Callable<Boolean> holds) {
    awaitValue(what, limit, holds, yes -> yes);
  }

  /// Waits half a minute at the most for a value as it is wanted, and gives it.
  public static <T> T awaitValue(String what, Callable<T> value, Predicate<T> wanted) {
    return awaitValue(what, LIMIT, value, wanted);
  }

  private static <T> T awaitValue(
      String what, Duration limit, Callable<T> value, Predicate<T> wanted) {
    var end = System.nanoTime() + limit.toNanos();
    var pause = SHORTEST;
    while (true) {
      @Nullable Throwable failure = null;
      @Nullable T last = null;
      try {
        last = value.call();
        if (wanted.test(last)) {
          return last;
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      } catch (Exception | AssertionError e) {
        failure = e;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("waited " + limit + " in vain for " + what + ": " + last, failure);
      }
      sleep(pause);
      pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    }
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(e);
  }
}
