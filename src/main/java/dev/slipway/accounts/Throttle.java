package dev.slipway.accounts;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Slows guessing down: each key, an account or a client, may be wrong so many times at once, and
/// then once in a while. What has not been wrong for longest is forgotten first, so that memory
/// stays bounded. Thread-safe.
final class Throttle {
  private static final int MOST_KEYS = 10_000;

  private record Allowance(double left, long at) {}

  private final int burst;
  private final long interval;
  private final LongSupplier nanoTime;
  private final Map<String, Allowance> allowances =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Allowance> eldest) {
          return size() > MOST_KEYS;
        }
      };

  /// @param burst how many at once
  /// @param interval how long until another one is allowed
  Throttle(int burst, Duration interval, LongSupplier nanoTime) {
    this.burst = burst;
    this.interval = interval.toNanos();
    this.nanoTime = nanoTime;
  }

  /// Books a try as wrong, before it is known to be: tries at the same time can't slip through.
  ///
  /// @throws UserError rate_limit, when none is left; says when to come again
  synchronized void take(String key) {
    var now = refilled(key);
    if (now.left() < 1) {
      throw tooMany((long) Math.ceil((1 - now.left()) * interval / 1e9));
    }
    allowances.put(key, new Allowance(now.left() - 1, now.at()));
  }

  /// Takes back what was booked, as the try was right.
  synchronized void giveBack(String key) {
    var now = refilled(key);
    allowances.put(key, new Allowance(Math.min(burst, now.left() + 1), now.at()));
  }

  private Allowance refilled(String key) {
    var now = nanoTime.getAsLong();
    @Nullable Allowance before = allowances.get(key);
    return before == null
        ? new Allowance(burst, now)
        : new Allowance(
            Math.min(burst, before.left() + (double) (now - before.at()) / interval), now);
  }

  private static UserError tooMany(long seconds) {
    return new UserError(
        new Problem(
            ErrorCode.RATE_LIMIT,
            "Too many failed logins.",
            null,
            "Try again in " + Math.max(1, seconds) + " seconds."));
  }
}
