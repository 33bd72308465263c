package dev.slipway.router;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What routers counted, of an app or of one dyno. Immutable; two of them subtract, so that a span
/// of time is the later minus the earlier.
///
/// @param requests all requests that ended
/// @param lost those that got no proper answer through a fault of the dyno, of the connection to it
///   or of the router: codes H10, H12, H13, H15, H17, H18, H19, H21, H99
/// @param bytes sent to clients
/// @param statusClasses by the status's first digit
/// @param codes by Heroku's error code
/// @param latency from choosing a dyno to its answer's last byte; WebSockets are left out
public record Figures(
    long requests,
    long lost,
    long bytes,
    SortedMap<Integer, Long> statusClasses,
    SortedMap<String, Long> codes,
    Latency latency) {
  /// Nothing counted.
  public static final Figures NONE =
      new Figures(0, 0, 0, new TreeMap<>(), new TreeMap<>(), Latency.NONE);

  /// Copies the maps.
  public Figures {
    statusClasses = Collections.unmodifiableSortedMap(new TreeMap<>(statusClasses));
    codes = Collections.unmodifiableSortedMap(new TreeMap<>(codes));
  }

  /// Both together.
  public Figures plus(Figures other) {
    return sum(other, 1, latency.plus(other.latency));
  }

  /// What came since `earlier`.
  public Figures minus(Figures earlier) {
    return sum(earlier, -1, latency.minus(earlier.latency));
  }

  private Figures sum(Figures other, int sign, Latency times) {
    return new Figures(
        requests + sign * other.requests,
        lost + sign * other.lost,
        bytes + sign * other.bytes,
        Sums.of(statusClasses, other.statusClasses, sign),
        Sums.of(codes, other.codes, sign),
        times);
  }
}
