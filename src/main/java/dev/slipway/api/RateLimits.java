package dev.slipway.api;

import dev.slipway.core.AccountId;
import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// How many requests each account has left: 4,500, of which 75 come back each minute, as on Heroku.
/// Thread-safe.
final class RateLimits {
  static final int MOST = 4500;

  private static final double PER_NANOSECOND = 75 / 60e9;

  private record Bucket(double tokens, long at) {}

  private final LongSupplier nanoTime;
  private final Map<AccountId, Bucket> buckets = new ConcurrentHashMap<>();

  RateLimits(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Takes one request and gives how many are left.
  ///
  /// @throws UserError rate_limit, when none was
  int take(AccountId account) {
    var left =
        buckets.compute(
            account,
            (id, bucket) -> {
              var now = refilled(bucket);
              return new Bucket(Math.max(now.tokens() - 1, -1), now.at());
            });
    if (left.tokens() < 0) {
      throw UserError.of(
          ErrorCode.RATE_LIMIT, "Your account reached the API rate limit. Please wait a minute.");
    }
    return (int) left.tokens();
  }

  /// How many are left, without taking one.
  int left(AccountId account) {
    return (int) Math.max(0, refilled(buckets.get(account)).tokens());
  }

  private Bucket refilled(@org.jspecify.annotations.Nullable Bucket bucket) {
    var now = nanoTime.getAsLong();
    if (bucket == null) {
      return new Bucket(MOST, now);
    }
    var tokens = Math.max(bucket.tokens(), 0) + (now - bucket.at()) * PER_NANOSECOND;
    return new Bucket(Math.min(MOST, tokens), now);
  }
}
