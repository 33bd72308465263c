package dev.slipway.core;

import java.util.Locale;
import java.util.regex.Pattern;

/// The engine's name for one dyno, and its DNS name on the dynos' network. Unique for ever: it
/// carries the app, the dyno and the generation, so an address that answers to it can't be another
/// app's. Meaning is read from labels, never from the name.
public record ServiceName(String value) implements Comparable<ServiceName> {
  private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9-]{0,61}[a-z0-9]");

  /// Checks that the name is a DNS label.
  public ServiceName {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException("not a DNS label: " + value);
    }
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
