package dev.slipway.router;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Adds counters by key.
final class Sums {
  private Sums() {}

  static <K extends Comparable<K>> SortedMap<K, Long> of(
      Map<K, Long> one, Map<K, Long> other, int sign) {
    var sum = new TreeMap<>(one);
    other.forEach((key, count) -> sum.merge(key, sign * count, Long::sum));
    sum.values().removeIf(count -> count == 0);
    return sum;
  }
}
