package dev.slipway.router;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How long answers took, counted in buckets of whole milliseconds: a time `v` below 32 ms is
/// bucket `v`; above, with `e = floor(log2(v)) - 4`, it is bucket `16 e + floor(v / 2^e)`. So a
/// bucket is at most 6.25 % wide. Immutable.
public record Latency(SortedMap<Integer, Long> counts) {
  /// No answer yet.
  public static final Latency NONE = new Latency(new TreeMap<>());

  private static final int HIGHEST = 319;

  /// Copies the counts and leaves out what is zero.
  public Latency {
    var copy = new TreeMap<>(counts);
    copy.values().removeIf(count -> count == 0);
    if (!copy.isEmpty() && (copy.firstKey() < 0 || copy.lastKey() > HIGHEST)) {
      throw new IllegalArgumentException("no such bucket in " + copy.keySet());
    }
    counts = Collections.unmodifiableSortedMap(copy);
  }

  /// The bucket that a time belongs to.
  public static int bucket(long milliseconds) {
    if (milliseconds < 32) {
      return (int) Math.max(0, milliseconds);
    }
    var exponent = 59 - Long.numberOfLeadingZeros(milliseconds);
    return (int) Math.min(HIGHEST, 16L * exponent + (milliseconds >> exponent));
  }

  /// The middle of a bucket, in milliseconds.
  static double middle(int bucket) {
    if (bucket < 32) {
      return bucket;
    }
    var exponent = bucket / 16 - 1;
    var lowest = (long) (bucket - 16 * exponent) << exponent;
    return lowest + ((1L << exponent) - 1) / 2.0;
  }

  /// How many answers were counted.
  public long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /// The time in milliseconds that the fraction (0 to 1) of all answers kept within; 0 without any.
  public double percentile(double fraction) {
    var rank = Math.max(1, (long) Math.ceil(fraction * count()));
    var seen = 0L;
    for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
      seen += entry.getValue();
      if (seen >= rank) {
        return middle(entry.getKey());
      }
    }
    return 0;
  }

  /// The median, in milliseconds.
  public double p50() {
    return percentile(0.5);
  }

  /// 95 of 100 answers took no longer, in milliseconds.
  public double p95() {
    return percentile(0.95);
  }

  /// 99 of 100 answers took no longer, in milliseconds.
  public double p99() {
    return percentile(0.99);
  }

  /// Both together.
  public Latency plus(Latency other) {
    return new Latency(Sums.of(counts, other.counts, 1));
  }

  /// What came since `earlier`.
  public Latency minus(Latency earlier) {
    return new Latency(Sums.of(counts, earlier.counts, -1));
  }
}
