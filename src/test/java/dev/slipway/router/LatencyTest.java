package dev.slipway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LatencyTest {
  @Test
  void bucketsFollowEachOtherWithoutGap() {
    var last = -1;
    for (var time = 0L; time < 4_000_000; time += time < 100_000 ? 1 : 997) {
      var bucket = Latency.bucket(time);
      assertTrue(bucket == last || bucket == last + 1, "at " + time);
      last = bucket;
    }
    assertEquals(319, Latency.bucket(Long.MAX_VALUE));
  }

  @Test
  void aBucketsMiddleIsWithinFourPercentOfWhatItHolds() {
    for (var time = 1L; time < 3_000_000; time += 1 + time / 50) {
      var middle = Latency.middle(Latency.bucket(time));
      assertTrue(Math.abs(middle - time) <= 0.04 * time, time + " became " + middle);
    }
  }

  @Test
  void percentilesCountFromTheFastest() {
    var latency = latency(Map.of(1, 90L, 10, 9L, 31, 1L));
    assertEquals(1, latency.p50());
    assertEquals(10, latency.p95());
    assertEquals(10, latency.p99());
    assertEquals(31, latency.percentile(1));
    assertEquals(0, Latency.NONE.p99());
  }

  @Test
  void theLaterMinusTheEarlierIsWhatCameBetween() {
    var earlier = latency(Map.of(1, 5L, 2, 1L));
    var later = earlier.plus(latency(Map.of(2, 3L)));
    assertEquals(latency(Map.of(2, 3L)), later.minus(earlier));
  }

  @Test
  void bucketsThatNoRouterHasAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> latency(Map.of(320, 1L)));
  }

  private static Latency latency(Map<Integer, Long> counts) {
    return new Latency(new TreeMap<>(counts));
  }
}
