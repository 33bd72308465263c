package dev.slipway.drains;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Lines that a drain did not get, counted until that is told. Belongs to one thread.
final class Loss {
  /// Under which name the platform speaks of drains; Heroku's word.
  static final String DYNO = "logplex";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx").withZone(ZoneOffset.UTC);

  private long lines;
  private @Nullable Instant since;

  void add(long more, Instant now) {
    if (more > 0) {
      since = since == null ? now.truncatedTo(ChronoUnit.SECONDS) : since;
      lines += more;
    }
  }

  long lines() {
    return lines;
  }

  /// Heroku's words, with how many and since when.
  String words() {
    return "Error L10 (output buffer overflow): "
        + lines
        + " messages dropped since "
        + TIME.format(since == null ? Instant.EPOCH : since)
        + ".";
  }

  void wasTold() {
    lines = 0;
    since = null;
  }
}
