package dev.slipway.core;

import java.util.Locale;

/// The engine's name for one dyno, and its DNS name on the dynos' network. Unique for ever: it
/// carries the app, the dyno and the generation, so an address that answers to it can't be another
/// app's. Meaning is read from labels, never from the name.
public record ServiceName(String value) implements Comparable<ServiceName> {
  private static final int MOST = 63;

  /// Checks that the name is a DNS label.
  public ServiceName {
    if (!isLabel(value)) {
      throw new IllegalArgumentException("not a DNS label: " + value);
    }
  }

  /// By hand: each look at the engine and each table of routes makes one for every dyno there is.
  private static boolean isLabel(String value) {
    var length = value.length();
    if (length < 2 || length > MOST) {
      return false;
    }
    for (var i = 0; i < length; i++) {
      if (!isAllowed(value.charAt(i))) {
        return false;
      }
    }
    return value.charAt(0) != '-' && value.charAt(length - 1) != '-';
  }

  private static boolean isAllowed(char character) {
    return (character >= 'a' && character <= 'z')
        || (character >= '0' && character <= '9')
        || character == '-';
  }

  /// The name of the dyno in a generation of its app: `<app>-<type>-<number>-g<generation>`.
  public static ServiceName of(AppId app, DynoName dyno, long generation) {
    var type = dyno.type().value().toLowerCase(Locale.ROOT).replace('_', '-').replaceAll("-+$", "");
    var shortType = type.substring(0, Math.min(type.length(), 20));
    return new ServiceName(
        app.shortForm() + "-" + shortType + "-" + dyno.number() + "-g" + generation);
  }

  @Override
  public int compareTo(ServiceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
