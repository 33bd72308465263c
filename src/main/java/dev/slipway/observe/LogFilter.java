package dev.slipway.observe;

import org.jspecify.annotations.Nullable;

/// Which lines a reader wants.
///
/// @param dyno a dyno such as `web.1`, or a type such as `web`, or null for all
/// @param source `app` or `heroku`, or null for both
public record LogFilter(@Nullable String dyno, @Nullable String source) {
  /// Every line.
  public static final LogFilter ALL = new LogFilter(null, null);

  /// Whether the reader wants the line.
  public boolean matches(LogLine line) {
    return (source == null || source.equals(line.source()))
        && (dyno == null || dyno.equals(line.dyno()) || line.dyno().startsWith(dyno + "."));
  }
}
